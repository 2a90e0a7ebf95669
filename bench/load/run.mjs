import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMachine, findProgram, GO_PROGRAMS } from '../machine.mjs';
import { peakBytes, residentBytes } from '../process-usage.mjs';
import { writeResult } from '../result-files.mjs';
import { bindServedModel } from '../served-model.mjs';
import { typicalAnswer, writeFixture } from './fixture.mjs';
import { runLeg } from './legs.mjs';
import { readFlags } from './load-flags.mjs';
import { loadTable } from './load-table.mjs';
import { planLegs, WARM_UP } from './plan.mjs';
import { judge, summarise } from './results.mjs';
import { startControl, startGateway, startRedis } from './servers.mjs';

/** Baskets the typical answer is chosen from. */
const TYPICAL_OF = 101;

process.exitCode = await measureLoad(readFlags());

async function measureLoad(flags) {
  const k6 = findProgram('k6', [GO_PROGRAMS]);
  if (!k6) {
    console.error('k6 is not on the PATH nor in ~/go/bin; install it: go install go.k6.io/k6@latest');
    return 2;
  }
  const machine = {
    ...describeMachine(),
    k6: execFileSync(k6, ['version'], { encoding: 'utf8' }).split(' ')[1],
  };
  const folder = mkdtempSync(join(tmpdir(), 'basketlift-load-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const pinned = flags.pin && machine.cores > 1 && findProgram('taskset') !== undefined;
  const place = pinned ? { server: 0, load: 1 } : {};
  const fixture = join(folder, 'baskets.json');
  const { model } = (await bindServedModel(flags.model)).serving;
  const baskets = writeFixture(fixture, model, { count: flags.baskets, seed: flags.seed });
  const { servers, answeredShare, answer } = await startServers(flags, { folder, place, baskets });
  const startBytes = Object.fromEntries(servers.map((server) => [server.name, residentBytes(server.pid)]));
  const legs = await runLegs(flags, servers, { k6, cpu: place.load, folder, fixture });
  const memory = servers.map(({ name, pid }) => ({
    server: name,
    startBytes: startBytes[name],
    peakBytes: peakBytes(pid),
    ownBytes: Math.max(
      ...legs.filter(({ server }) => server === name).map(({ anonymousBytes }) => anonymousBytes),
    ),
  }));
  for (const server of servers.toReversed()) await server.stop();
  const result = {
    ...machine,
    pinned,
    model: model.version,
    options: flags,
    baskets: { different: baskets.length, answeredShare, answerBytes: Buffer.byteLength(answer) },
    ...summarise(legs, flags),
    memory,
    legs,
  };
  console.log(`${loadTable(result)}\n`);
  if (!flags.dryRun) console.log(`written to ${writeResult('load', result)}`);
  return judge(result);
}

/** All servers of the run; only one is asked at a time. Redis shares the processor of the load, not the gateway's. */
async function startServers(flags, { folder, place, baskets }) {
  const cpu = place.server;
  const gateway = await startGateway({ name: 'gateway', folder, cpu, model: flags.model });
  const sample = baskets.slice(-TYPICAL_OF);
  const { answer, answeredShare } = await typicalAnswer(gateway.url, sample);
  const servers = [
    gateway,
    await startControl({ kind: 'http', answer, cpu }),
    await startControl({ kind: 'live', answer, cpu }),
  ];
  const program = flags.redis ? findProgram('redis-server') : undefined;
  if (program) {
    const redis = await startRedis({ program, folder, cpu: place.load });
    const options = { name: 'gateway + redis', folder, cpu, model: flags.model, redisUrl: redis.url };
    servers.push(redis, await startGateway(options));
  } else if (flags.redis) console.error('SKIPPED: redis-server is not on the PATH; no leg with Redis.');
  return { servers, answer, answeredShare };
}

async function runLegs(flags, servers, tools) {
  const plan = planLegs(flags, servers);
  const seconds = plan.reduce((sum, { leg }) => sum + leg.seconds + 3, 0);
  console.error(`${plan.length} legs, about ${Math.ceil(seconds / 60)} minutes`);
  const legs = [];
  for (const [number, { server, leg }] of plan.entries()) {
    const measured = await runLeg(tools, server, leg, number);
    const { ms, perSecond, errors, othersCpu, stolenCpu } = measured;
    console.error(
      `${number + 1}/${plan.length} ${leg.name}, ${server.name}: ${perSecond.toFixed(0)}/s, p50 ${ms?.p50.toFixed(2)} ms, p99 ${ms?.p99.toFixed(2)} ms, ${errors} errors; others took ${(othersCpu + stolenCpu).toFixed(2)} processors`,
    );
    if (leg.name !== WARM_UP) legs.push({ leg: leg.name, round: leg.round, ...measured });
  }
  return legs;
}
