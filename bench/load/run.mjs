import { findProgram } from '../machine.mjs';
import { peakBytes, residentBytes } from '../process-usage.mjs';
import { writeResult } from '../result-files.mjs';
import { typicalAnswer } from './fixture.mjs';
import { openGround } from './ground.mjs';
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
  const ground = await openGround('load', { ...flags, count: flags.baskets });
  if (!ground) return 2;
  const { machine, pinned, model, baskets } = ground;
  const { servers, answeredShare, answer } = await startServers(flags, ground);
  const startBytes = Object.fromEntries(servers.map((server) => [server.name, residentBytes(server.pid)]));
  const legs = await runLegs(flags, servers, ground.tools);
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
async function startServers(flags, { folder, serverCpu: cpu, tools, baskets }) {
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
    const redis = await startRedis({ program, folder, cpu: tools.cpu });
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
