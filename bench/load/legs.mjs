import { mkdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { anonymousBytes, cpuSeconds, machineCpuSeconds, ownTreeCpuSeconds } from '../process-usage.mjs';
import { runProgram } from './processes.mjs';

const SCRIPTS = new URL('./', import.meta.url).pathname;
/** Time k6 has beyond its legs: reading the fixture, waiting for the last answers. */
const SPARE_MS = 60_000;
/** Characters kept of what k6 says, which is nothing as long as all is well. */
const SAID_MAX = 2000;

/**
 * Runs one k6 leg against a server.
 *
 * @param leg `{ kind: 'http'|'live', load: 'rate'|'closed', seconds, … }` with the environment of the k6 script
 * @returns counts, latencies in ms, and the processor time and memory of the server over the leg
 */
export async function runLeg({ k6, cpu, folder, fixture }, server, leg, number) {
  const summaryFolder = join(folder, 'summaries');
  mkdirSync(summaryFolder, { recursive: true });
  const summary = join(summaryFolder, `${number}.json`);
  const before = usageNow(server);
  const started = performance.now();
  const said = await runProgram({
    command: [k6, 'run', '--quiet', '--no-usage-report', '--address', '', join(SCRIPTS, `${leg.kind}.js`)],
    cpu,
    env: { URL: server.url, FIXTURE: fixture, SUMMARY: summary, ...environmentOf(leg) },
    msMax: leg.seconds * 1000 + SPARE_MS,
  });
  const wallSeconds = (performance.now() - started) / 1000;
  if (!server.isRunning()) throw new Error(`${server.name} ended under load:\n${server.said.join('\n')}`);
  return describeLeg(server, leg, JSON.parse(readFileSync(summary, 'utf8')), {
    before,
    after: usageNow(server),
    wallSeconds,
    said,
  });
}

function environmentOf({ seconds, rate, vus, sockets, offset, baskets }) {
  const all = { SECONDS: seconds, RATE: rate, VUS: vus, SOCKETS: sockets, OFFSET: offset, BASKETS: baskets };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value ?? '')]));
}

function usageNow(server) {
  return { server: cpuSeconds(server.pid), own: ownTreeCpuSeconds(), ...machineCpuSeconds() };
}

function describeLeg(server, leg, metrics, { before, after, wallSeconds, said }) {
  const count = (name) => metrics[name]?.count ?? 0;
  const trend = leg.kind === 'http' ? metrics.http_req_duration : metrics.answer_ms;
  const answers = leg.kind === 'http' ? count('http_reqs') : count('messages_sent');
  const spent = (what) => after[what] - before[what];
  const others = spent('busy') - spent('server') - spent('own');
  return {
    server: server.name,
    kind: leg.kind,
    load: leg.load,
    ...(leg.rate && { rate: leg.rate }),
    answers,
    perSecond: answers / leg.seconds,
    ms: trend && {
      p50: trend.med,
      p95: trend['p(95)'],
      p99: trend['p(99)'],
      p999: trend['p(99.9)'],
      max: trend.max,
    },
    errors: count('answers_failed') + count('answers_missing'),
    /** Requests that were due while all users of k6 were waiting. */
    notSent: count('dropped_iterations'),
    ...(said !== '' && { said: said.slice(0, SAID_MAX) }),
    degraded: count('answers_degraded'),
    cacheHits: count('cache_hits'),
    overtaken: count('answers_overtaken'),
    serverCpuUsPerAnswer: (spent('server') / answers) * 1e6,
    /** Share of a processor; k6's includes the reading of the fixture. */
    serverCpuShare: spent('server') / wallSeconds,
    loadCpuShare: spent('own') / wallSeconds,
    /** Processors that anybody else kept busy: a quiet run has next to none. */
    othersCpu: others / wallSeconds,
    /** Processors that the host of a virtual machine gave to others. */
    stolenCpu: spent('stolen') / wallSeconds,
    loadAverage: loadavg()[0],
    anonymousBytes: anonymousBytes(server.pid),
  };
}
