import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { callJson } from '../call-json.mjs';
import { runProgram, startServer } from '../load/processes.mjs';
import { startGateway, urlOf } from '../load/servers.mjs';
import { describeMachine, findProgram } from '../machine.mjs';
import { watchOthers } from '../process-usage.mjs';
import { writeResult } from '../result-files.mjs';
import { bindServedModel } from '../served-model.mjs';
import { createBodies } from './bodies.mjs';
import { ingestTable, judgeIngest } from './ingest-table.mjs';
import { sendAsFast } from './send.mjs';

/*
 * How many events and stock rows a second are on disk when they are answered, on one processor? `npm run bench:ingest [-- --seconds 15
 * --dry-run]`; exit 1 where the promise is missed or something answered is gone after kill -9.
 */
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '15' }, 'dry-run': { type: 'boolean', default: false } },
});
const seconds = Number(values.seconds);
const WARM_UP_SECONDS = 3;
/** Answered events that are sent again after the gateway was killed. */
const SENT_AGAIN = 20_000;
const BARE = new URL('./bare-server.mjs', import.meta.url).pathname;

const stored = ({ results }) => results.filter(({ status }) => status === 'stored').length;
const applied = (answer) => answer.applied;
const LEGS = [
  ['events, one a request, 32 clients', '/v1/events', 32, stored, (bodies) => bodies.events(1)],
  ['events, 100 a request, 4 clients', '/v1/events', 4, stored, (bodies) => bodies.events(100)],
  [
    'stock of a store, 1,000 rows a request, 2 clients',
    '/v1/stock',
    2,
    applied,
    (bodies) => bodies.storeStock(1000),
  ],
  [
    'changes of stock with ids, one a request, 32 clients',
    '/v1/stock',
    32,
    applied,
    (bodies) => bodies.changes(1),
  ],
];

const taskset = findProgram('taskset');
const isPinned = describeMachine().cores > 1 && taskset !== undefined;
const [serverCpu, ownCpu] = isPinned ? [0, 1] : [];
if (isPinned)
  await runProgram({ command: [taskset, '-acp', String(ownCpu), String(process.pid)], msMax: 5_000 });
const folder = mkdtempSync(join(tmpdir(), 'basketlift-ingest-'));
try {
  const othersOf = watchOthers();
  const { model } = (await bindServedModel('demo')).serving;
  const gateway = await startGateway({ name: 'gateway', folder, cpu: serverCpu, model: 'demo' });
  const bare = await startBare();
  const seen = [];
  const rows = [];
  for (const [leg, path, clients, accepted, bodyOf] of LEGS) {
    for (const server of [gateway, bare]) {
      // Of each its own, so that both are sent the same.
      const bodies = createBodies(model, rows.length);
      const options = { path, clients, accepted, makeBody: () => bodyOf(bodies) };
      await sendAsFast(server, { ...options, seconds: WARM_UP_SECONDS });
      const onTaken = (body) => server === gateway && body.events && seen.push(...body.events);
      const measured = await sendAsFast(server, { ...options, seconds, onTaken });
      rows.push({ leg, server: server.name, ...measured });
    }
  }
  const servers = rows.reduce((sum, { cpu }) => sum + cpu * seconds, 0);
  const { othersCpu, stolenCpu } = othersOf();
  const lost = await countLost(gateway, seen);
  await bare.stop();
  const wall = rows.length * (seconds + WARM_UP_SECONDS);
  const result = {
    ...describeMachine(),
    pinned: isPinned,
    seconds,
    rows,
    lost,
    quiet: { othersCpu: othersCpu - servers / wall, stolenCpu },
  };
  console.log(ingestTable(result));
  if (!values['dry-run']) console.log(`\nwritten to ${writeResult('ingest', result)}`);
  process.exitCode = judgeIngest(result).every(({ isMet }) => isMet) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function startBare() {
  const server = await startServer({
    command: [process.execPath, BARE, folder],
    cpu: serverCpu,
    env: { NODE_ENV: 'production' },
    readyOf: urlOf,
  });
  return { ...server, name: 'bare Hono and LMDB', url: server.ready };
}

/** Of the newest events that were answered, how many the data folder does not know after kill -9. */
async function countLost(gateway, seen) {
  process.kill(gateway.pid, 'SIGKILL');
  while (gateway.isRunning()) await wait(20);
  const again = await startGateway({ name: 'gateway', folder, cpu: serverCpu, model: 'demo' });
  const sent = seen.slice(-SENT_AGAIN);
  const agent = new Agent({ keepAlive: true });
  let known = 0;
  for (let from = 0; from < sent.length; from += 1000) {
    const { results } = await callJson(agent, 'POST', `${again.url}/v1/events`, {
      events: sent.slice(from, from + 1000),
    });
    known += results.filter(({ status }) => status === 'duplicate').length;
  }
  agent.destroy();
  await again.stop();
  return { sentAgain: sent.length, gone: sent.length - known };
}
