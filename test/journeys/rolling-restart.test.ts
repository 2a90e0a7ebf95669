import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openModelRegistry } from '../../src/adapters/file-model-registry.ts';
import { keepAsking } from '../support/asking-clients.ts';
import { type GatewayProcess, startGateway, workersOf } from '../support/gateway-process.ts';
import { LiveClient } from '../support/live-client.ts';
import { publishModel } from '../support/published-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const WAIT = { timeout: 120_000, interval: 50 };
const question = { basket: [{ productId: 'phone' }], basketId: 'b', storeId: 's1', limit: 10 };

interface Crew extends GatewayProcess {
  readonly models: string;
  /** Lines of its log from now on. */
  readonly log: readonly string[];
}

async function startCrew(workers: number): Promise<Crew> {
  const models = temporaryFolder();
  await publishModel(models, 'v1');
  await openModelRegistry(models).promote('v1');
  const env = { BASKETLIFT_MODELS: models, BASKETLIFT_WORKERS: String(workers) };
  const gateway = await startGateway({ dataDir: temporaryFolder(), env });
  onTestFinished(() => gateway.kill());
  const log: string[] = [];
  createInterface({ input: gateway.child.stderr! }).on('line', (line) => log.push(line));
  return { ...gateway, models, log };
}

function says(crew: Crew, text: string): Promise<void> {
  return vi.waitFor(() => expect(crew.log.some((line) => line.includes(text))).toBe(true), WAIT);
}

/** Asks on connections that stay open, and on fresh ones. */
function askCrew({ port }: Crew) {
  return keepAsking({ port, path: '/v1/suggestions', body: () => question, keeping: 4, reopening: 4 });
}

test('SIGUSR2 replaces every worker under load, and every request is answered', {
  timeout: 180_000,
}, async () => {
  const crew = await startCrew(2);
  const before = workersOf(crew);
  const clients = askCrew(crew);
  crew.child.kill('SIGUSR2');
  await says(crew, 'rolling restart done');
  const results = await clients.stop();
  expect([...results.keys()]).toEqual([200]);
  expect(results.get(200)).toBeGreaterThan(100);
  const after = workersOf(crew);
  expect(after).toHaveLength(2);
  for (const pid of before) expect(after).not.toContain(pid);
});

test('sockets are closed with 1012, and their baskets and refusals are kept', {
  timeout: 180_000,
}, async () => {
  const crew = await startCrew(2);
  const client = await LiveClient.connect(crew.url);
  client.send({ type: 'basket', seq: 1, ...question });
  const { decisionId, suggestions } = await client.hear({ type: 'suggestions', seq: 1 });
  const refused = suggestions[0].productId;
  const event = { id: 'e', at: new Date().toISOString(), decisionId, productId: refused };
  client.send({ type: 'outcome', ...event, result: 'declined' });
  await client.hear({ type: 'stored', id: 'e' });
  crew.child.kill('SIGUSR2');
  expect(await client.closed).toEqual({ code: 1012, reason: 'another process continues' });
  await says(crew, 'rolling restart done');
  // Every worker is new now, and each knows the basket.
  const again = await LiveClient.connect(crew.url);
  again.send({ type: 'hello', resume: ['b'] });
  expect(await again.hear({ type: 'hello' })).toMatchObject({ resumed: [{ basketId: 'b', seq: 1 }] });
  again.send({ type: 'change', basketId: 'b', seq: 2, add: [{ productId: 'gum' }] });
  const answer = await again.hear({ type: 'suggestions', seq: 2 });
  expect(answer.suggestions.map(({ productId }: { productId: string }) => productId)).not.toContain(refused);
  await again.close();
});

test('a worker that cannot start stops the restart, and the old workers continue', {
  timeout: 180_000,
}, async () => {
  const crew = await startCrew(2);
  const before = workersOf(crew);
  const clients = askCrew(crew);
  rmSync(`${crew.models}/v1/manifest.json`);
  crew.child.kill('SIGUSR2');
  await says(crew, 'rolling restart stopped; the running workers keep answering');
  const results = await clients.stop();
  expect([...results.keys()]).toEqual([200]);
  await vi.waitFor(() => expect(workersOf(crew).sort()).toEqual(before.sort()), WAIT);
});
