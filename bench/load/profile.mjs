import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeResult } from '../result-files.mjs';
import { openGround } from './ground.mjs';
import { runLeg } from './legs.mjs';
import { profileTable } from './profile-table.mjs';
import { startGateway } from './servers.mjs';
import { stageMicroseconds } from './stages.mjs';

const WARM_UP_SECONDS = 8;
const VUS = 32;
const CACHED_BASKETS = 64;
/** Time k6 takes to end after its last answer; before the first it reads its baskets, which takes longer. */
const SPARE_MS = 500;
/** Microseconds between two looks at the stack. */
const INTERVAL_US = 1000;

process.exitCode = await profileRequests();

async function profileRequests() {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '20' },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const seconds = Number(values.seconds);
  const ground = await openGround('profile');
  if (!ground) return 2;
  const { baskets } = ground;
  const rows = [
    await profileLeg('cold', ground, seconds, { baskets: baskets.length, offset: baskets.length >> 1 }),
    await profileLeg('cached', ground, seconds, { baskets: CACHED_BASKETS, offset: 0 }),
  ];
  const result = { ...ground.machine, pinned: ground.pinned, seconds, intervalUs: INTERVAL_US, rows };
  console.log(`${profileTable(result)}\n`);
  if (!values['dry-run']) console.log(`written to ${writeResult('profile', result)}`);
  return 0;
}

/** The whole processor time of an answer without a profiler, and its stages with one. */
async function profileLeg(name, { folder, serverCpu: cpu, tools }, seconds, asked) {
  const leg = { kind: 'http', load: 'closed', vus: VUS, ...asked };
  const profiles = join(folder, `${name}-profiles`);
  mkdirSync(profiles);
  const flags = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-interval=${INTERVAL_US}`];
  const plain = await measure({ name: `${name}-plain`, folder, cpu }, tools, leg, seconds);
  const sampled = await measure({ name, folder, cpu, flags }, tools, leg, seconds);
  const [main] = readdirSync(profiles)
    .map((file) => JSON.parse(readFileSync(join(profiles, file), 'utf8')))
    .sort((a, b) => b.samples.length - a.samples.length);
  const from = main.endTime - (sampled.stopMs + SPARE_MS + seconds * 1000) * 1000;
  const stages = stageMicroseconds(main, from, main.endTime);
  return {
    leg: name,
    perSecond: plain.perSecond,
    cpuUs: plain.serverCpuUsPerAnswer,
    stagesUs: Object.fromEntries(Object.entries(stages).map(([stage, us]) => [stage, us / sampled.answers])),
  };
}

async function measure(options, tools, leg, seconds) {
  const gateway = await startGateway(options);
  await runLeg(tools, gateway, { ...leg, seconds: WARM_UP_SECONDS }, 0);
  const measured = await runLeg(tools, gateway, { ...leg, seconds }, 1);
  const endedAt = performance.now();
  await gateway.stop();
  return { ...measured, stopMs: performance.now() - endedAt };
}
