// A second process at a data folder, for tests that kill it or let it hold the lock. Runs the built code, because
// Node 20 cannot run TypeScript. Arguments: MODE FOLDER PREFIX. Says what it did, one JSON a line.
import { open } from 'lmdb';
import { openDataFolder } from '../../dist/adapters/lmdb-data-folder.js';

const [mode, folder, prefix] = process.argv.slice(2);
const say = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const event = (id) => ({
  id,
  type: 'outcome',
  at: '2026-05-01T10:00:00Z',
  decisionId: 'd',
  productId: 'A',
  result: 'accepted',
});
const modes = { append, hold, fill };
await modes[mode]();

/** Appends batches until killed, and says the ids of each batch once they are stored. */
async function append() {
  const { events } = openDataFolder(folder);
  for (let batch = 0; ; batch++) {
    const ids = Array.from({ length: 5 }, (_, i) => `${prefix}-${batch}-${i}`);
    const results = await events.append('t', ids.map(event), batch);
    say({ stored: results.filter(({ status }) => status === 'stored').map(({ id }) => id) });
  }
}

/** Takes the write lock and keeps it until killed. */
async function hold() {
  const root = open({ path: `${folder}/basketlift.lmdb`, noSubdir: true, overlappingSync: false });
  root.transactionSync(() => {
    say({ holding: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}

/** Appends large events until the disk refuses, then tries once more; says what was stored and how it was refused. */
async function fill() {
  const { events, close } = openDataFolder(folder, { events: { decisionDelayMs: 1 } });
  const stored = [];
  let refusal;
  for (let batch = 0; refusal === undefined && batch < 1_000; batch++) {
    const id = `${prefix}-${batch}`;
    const large = { ...event(id), productId: 'x'.repeat(50_000) };
    const [result] = await events.append('t', [large], batch).catch((error) => [error]);
    if (result instanceof Error)
      refusal = { name: result.name, reason: result.reason, message: result.message };
    else stored.push(id);
  }
  say({ stored, refusal });
  await close();
  say({ closed: true });
}
