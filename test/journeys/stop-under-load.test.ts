import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { keepAsking, NEW_CONNECTION } from '../support/asking-clients.ts';
import { startGateway } from '../support/gateway-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROUNDS = 3;
const LOAD_MS = 300;
const bodies = {
  '/v1/suggestions': () => ({ basket: [], storeId: 's1' }),
  '/v1/events': (n: number) => ({ events: [outcome(`e${n}`)] }),
};

function outcome(id: string) {
  const facts = { at: '2026-05-01T10:00:00Z', decisionId: 'd', productId: 'p', result: 'accepted' };
  return { id, type: 'outcome', ...facts };
}

test.each([
  [1, '/v1/suggestions'],
  [1, '/v1/events'],
  [2, '/v1/suggestions'],
] as const)(
  'SIGTERM to a gateway of %d processes leaves no request to %s on an open connection without its answer',
  {
    timeout: 120_000,
  },
  async (workers, path) => {
    for (let round = 0; round < ROUNDS; round++) {
      const env = { BASKETLIFT_LOG_LEVEL: 'warn', BASKETLIFT_WORKERS: String(workers) };
      const gateway = await startGateway({ dataDir: temporaryFolder(), env });
      onTestFinished(() => gateway.kill());
      const clients = keepAsking({ port: gateway.port, path, body: bodies[path], keeping: 50, reopening: 0 });
      await clients.answered;
      await pause(LOAD_MS);
      const exited = once(gateway.child, 'exit');
      gateway.child.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
      const results = await clients.stop();
      expect(results.get(200)).toBeGreaterThan(100);
      // 503: more than the gateway could answer in time, and it said so. New connections are refused.
      const isWanted = (result: unknown) =>
        result === 200 || result === 503 || String(result).startsWith(NEW_CONNECTION);
      expect([...results.keys()].filter((result) => !isWanted(result))).toEqual([]);
    }
  },
);
