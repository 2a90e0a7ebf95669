import { expect, onTestFinished, test, vi } from 'vitest';
import type { ConnectionStatus } from '../../src/screens/live-connection.ts';
import type { Answer, LiveBasket } from '../../src/screens/live-protocol.ts';
import { PracticeConnection } from '../../src/screens/practice-connection.ts';

const basketOf = (...productIds: readonly string[]): LiveBasket => ({
  basketId: 'b',
  channel: 'call',
  language: 'en',
  limit: 2,
  basket: productIds.map((productId) => ({ productId, quantity: 1 })),
  declined: [],
});

/** A connection whose questions are answered by hand. */
function opened(check: () => Promise<unknown> = async () => {}) {
  const statuses: ConnectionStatus[] = [];
  const answers: Answer[] = [];
  const asked: { basket: LiveBasket; answer: (id: string) => void; fail: () => void }[] = [];
  const connection = new PracticeConnection({
    check,
    onAnswer: (answer) => answers.push(answer),
    onStatus: (status) => statuses.push(status),
    ask: (basket) =>
      new Promise((resolve, reject) => {
        asked.push({
          basket,
          answer: (decisionId) => resolve({ basketId: 'b', decisionId, suggestions: [] }),
          fail: () => reject(new Error('unanswered')),
        });
      }),
  });
  return { connection, statuses, answers, asked };
}

test('answers of the newest basket count, an older one that comes late does not', async () => {
  const { connection, answers, asked } = opened();
  connection.show(basketOf());
  expect(asked).toHaveLength(0);
  connection.show(basketOf('tea'));
  connection.show(basketOf('tea', 'milk'));
  asked[1]!.answer('new');
  asked[0]!.answer('old');
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  expect(answers[0]).toMatchObject({ decisionId: 'new', seq: connection.seq });
});

test('is offline while the gateway does not answer, and asks again when the network is back', async () => {
  let isUp = false;
  const { connection, statuses, asked } = opened(async () => {
    if (!isUp) throw new Error('unanswered');
  });
  onTestFinished(() => connection.stop());
  connection.start();
  await vi.waitFor(() => expect(statuses.slice(0, 2)).toEqual(['connecting', 'offline']));
  connection.show(basketOf('tea'));
  isUp = true;
  connection.retryNow();
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  expect(statuses.at(-1)).toBe('connected');
});

test('tries again by itself, and not once it is stopped', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { connection, statuses, asked } = opened();
  connection.show(basketOf('tea'));
  asked[0]!.fail();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toHaveLength(2);
  expect(statuses).toEqual(['offline', 'connected']);
  asked[1]!.fail();
  await vi.advanceTimersByTimeAsync(0);
  expect(statuses.at(-1)).toBe('offline');
  connection.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(2);
});
