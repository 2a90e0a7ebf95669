/** What the gateway has to keep at the rate asked for, and wants to at the high one. */
const P99_MS_MAX = 10;
const HIGH_P99_MS_MAX = 5;
/** Least share of the control's answers a second, at full speed. */
const SHARES_WANTED = { http: { cold: 0.35, cached: 0.75 }, live: { cold: 0.3, cached: 0.6 } };
/** A load generator busier than this is itself the limit. */
const LOAD_CPU_SHARE_MAX = 0.9;
/** Processors others may keep busy in a run that counts as quiet. */
const OTHERS_CPU_MAX = 0.1;

const PERCENTILES = ['p50', 'p95', 'p99', 'p999'];

/**
 * One row a leg and server: means over the rounds, and the ratio to the control of the same leg. The targets look at the
 * worst round.
 */
export function summarise(legs, { highRate }) {
  const groups = [...new Set(legs.map(groupOf))];
  const rows = groups.map((group) => rowOf(legs.filter((leg) => groupOf(leg) === group)));
  for (const row of rows) {
    const control = controlOf(row, rows);
    if (!control || control === row) continue;
    row.ratio = {
      p50: row.ms.p50 / control.ms.p50,
      p99: row.ms.p99 / control.ms.p99,
      perSecond: row.perSecond / control.perSecond,
      serverCpu: row.serverCpuUsPerAnswer / control.serverCpuUsPerAnswer,
    };
  }
  const asked = legs.filter((leg) => leg.load === 'rate' && !isControl(leg));
  const targets = asked.map((leg) => {
    const wantedMs = leg.rate === highRate ? HIGH_P99_MS_MAX : P99_MS_MAX;
    return {
      leg: `${leg.leg}, ${leg.server}, round ${leg.round}`,
      rate: leg.rate,
      wantedMs,
      p99Ms: leg.ms?.p99 ?? null,
      errors: leg.errors,
      notSent: leg.notSent,
      isMet: leg.ms?.p99 < wantedMs && leg.errors === 0 && leg.notSent === 0,
    };
  });
  const othersCpu = Math.max(...legs.map((leg) => leg.othersCpu));
  const stolenCpu = Math.max(...legs.map((leg) => leg.stolenCpu));
  const isQuiet = Math.max(othersCpu, stolenCpu) < OTHERS_CPU_MAX;
  return { quiet: { othersCpu, stolenCpu, isQuiet }, targets, rows };
}

/** What the gateway answers at full speed beside what it should. */
export function shareTargets(rows) {
  return rows
    .filter(({ load, server }) => load === 'closed' && server === 'gateway')
    .map(({ leg, kind, ratio }) => {
      const wanted = SHARES_WANTED[kind][leg.endsWith('cached') ? 'cached' : 'cold'];
      return { leg, wanted, share: ratio.perSecond, isMet: ratio.perSecond >= wanted };
    });
}

/** Exit code of a run: 1 when an answer was wrong or missing, or a target is missed. */
export function judge({ targets, legs, rows }) {
  const wrong = legs.filter(({ errors }) => errors > 0);
  for (const leg of wrong)
    console.error(
      `FAILED: ${leg.leg}, ${leg.server}, round ${leg.round}: ${leg.errors} errors\n${leg.said ?? ''}`,
    );
  const missed = targets.filter(({ isMet, errors }) => !isMet && errors === 0);
  for (const { leg, p99Ms, notSent, wantedMs } of missed)
    console.error(
      `MISSED: ${leg}: p99 ${p99Ms?.toFixed(2)} ms, ${notSent} not sent in time; wanted below ${wantedMs} ms and none`,
    );
  const short = shareTargets(rows).filter(({ isMet }) => !isMet);
  for (const { leg, share, wanted } of short)
    console.error(`MISSED: ${leg}: ${share.toFixed(2)} of the control's answers a second, wanted ${wanted}`);
  return wrong.length + missed.length + short.length > 0 ? 1 : 0;
}

/** The control asked in the same way; of what no control is asked, such as cached answers, the one of the same kind. */
function controlOf(row, rows) {
  const controls = rows.filter(
    (other) => isControl(other) && other.kind === row.kind && other.load === row.load,
  );
  return controls.find(({ leg }) => leg === row.leg) ?? controls[0];
}

function groupOf({ leg, server }) {
  return `${leg}\n${server}`;
}

function isControl({ server }) {
  return server.startsWith('bare ');
}

function rowOf(rounds) {
  const mean = (of) => rounds.reduce((sum, leg) => sum + of(leg), 0) / rounds.length;
  const total = (of) => rounds.reduce((sum, leg) => sum + of(leg), 0);
  const [{ leg, server, kind, load, rate }] = rounds;
  return {
    leg,
    server,
    kind,
    load,
    ...(rate && { rate }),
    rounds: rounds.length,
    answers: total(({ answers }) => answers),
    perSecond: mean(({ perSecond }) => perSecond),
    ms: Object.fromEntries(PERCENTILES.map((name) => [name, mean(({ ms }) => ms?.[name] ?? Number.NaN)])),
    worstP99Ms: Math.max(...rounds.map(({ ms }) => ms?.p99 ?? Number.NaN)),
    errors: total(({ errors }) => errors),
    notSent: total(({ notSent }) => notSent),
    degraded: total(({ degraded }) => degraded),
    cacheHitShare: total(({ cacheHits }) => cacheHits) / total(({ answers }) => answers),
    serverCpuUsPerAnswer: mean(({ serverCpuUsPerAnswer }) => serverCpuUsPerAnswer),
    isLoadBound: load === 'closed' && rounds.some(({ loadCpuShare }) => loadCpuShare > LOAD_CPU_SHARE_MAX),
  };
}
