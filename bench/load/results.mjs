/** What the gateway has to keep at the rate asked for. */
const P99_MS_MAX = 10;
/** A load generator busier than this is itself the limit. */
const LOAD_CPU_SHARE_MAX = 0.9;
/** Processors others may keep busy in a run that counts as quiet. */
const OTHERS_CPU_MAX = 0.1;

const PERCENTILES = ['p50', 'p95', 'p99', 'p999'];

/**
 * One row a leg and server: means over the rounds, and the ratio to the control of the same leg. The targets look at the
 * worst round.
 */
export function summarise(legs, { rate }) {
  const groups = Map.groupBy
    ? Map.groupBy(legs, groupOf)
    : legs.reduce((map, leg) => map.set(groupOf(leg), [...(map.get(groupOf(leg)) ?? []), leg]), new Map());
  const rows = [...groups.values()].map(rowOf);
  for (const row of rows) {
    const control = rows.find(
      (other) => isControl(other) && other.kind === row.kind && other.load === row.load,
    );
    if (!control || control === row) continue;
    row.ratio = {
      p50: row.ms.p50 / control.ms.p50,
      p99: row.ms.p99 / control.ms.p99,
      perSecond: row.perSecond / control.perSecond,
      serverCpu: row.serverCpuUsPerAnswer / control.serverCpuUsPerAnswer,
    };
  }
  const asked = legs.filter((leg) => leg.load === 'rate' && !isControl(leg));
  const targets = asked.map((leg) => ({
    leg: `${leg.leg}, ${leg.server}, round ${leg.round}`,
    p99Ms: leg.ms?.p99 ?? null,
    errors: leg.errors,
    perSecond: leg.perSecond,
    isMet: leg.ms?.p99 < P99_MS_MAX && leg.errors === 0 && leg.perSecond > rate * 0.98,
  }));
  const othersCpu = Math.max(...legs.map((leg) => leg.othersCpu));
  return { quiet: { othersCpuMax: othersCpu, isQuiet: othersCpu < OTHERS_CPU_MAX }, targets, rows };
}

/** Exit code of a run: 1 when an answer was wrong or missing, or a target is missed. */
export function judge({ targets, legs }) {
  const wrong = legs.filter(({ errors }) => errors > 0);
  for (const leg of wrong)
    console.error(`FAILED: ${leg.leg}, ${leg.server}, round ${leg.round}: ${leg.errors} errors`);
  const missed = targets.filter(({ isMet, errors }) => !isMet && errors === 0);
  for (const { leg, p99Ms, perSecond } of missed)
    console.error(
      `MISSED: ${leg}: p99 ${p99Ms?.toFixed(2)} ms at ${perSecond.toFixed(0)}/s; wanted below ${P99_MS_MAX}`,
    );
  return wrong.length + missed.length > 0 ? 1 : 0;
}

function groupOf({ leg, server }) {
  return `${leg}\n${server}`;
}

function isControl({ server }) {
  return server.startsWith('bare ');
}

function rowOf(rounds) {
  const mean = (valueOf) => rounds.reduce((sum, leg) => sum + valueOf(leg), 0) / rounds.length;
  const total = (valueOf) => rounds.reduce((sum, leg) => sum + valueOf(leg), 0);
  const [{ leg, server, kind, load }] = rounds;
  return {
    leg,
    server,
    kind,
    load,
    rounds: rounds.length,
    answers: total(({ answers }) => answers),
    perSecond: mean(({ perSecond }) => perSecond),
    ms: Object.fromEntries(PERCENTILES.map((name) => [name, mean(({ ms }) => ms?.[name] ?? Number.NaN)])),
    worstP99Ms: Math.max(...rounds.map(({ ms }) => ms?.p99 ?? Number.NaN)),
    errors: total(({ errors }) => errors),
    degraded: total(({ degraded }) => degraded),
    cacheHitShare: total(({ cacheHits }) => cacheHits) / total(({ answers }) => answers),
    serverCpuUsPerAnswer: mean(({ serverCpuUsPerAnswer }) => serverCpuUsPerAnswer),
    isLoadBound: load === 'closed' && rounds.some(({ loadCpuShare }) => loadCpuShare > LOAD_CPU_SHARE_MAX),
  };
}
