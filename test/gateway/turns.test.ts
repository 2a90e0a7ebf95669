import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Problem } from '../../src/gateway/problem.ts';
import { takingTurns } from '../../src/gateway/turns.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Runs that are begun by name, each ended from outside. */
function runs() {
  const begun: string[] = [];
  const ends = new Map<string, (failure?: Error) => void>();
  const run = (name: string) => () =>
    new Promise<string>((resolve, reject) => {
      begun.push(name);
      ends.set(name, (failure) => (failure ? reject(failure) : resolve(`${name} done`)));
    });
  const end = async (name: string, failure?: Error) => {
    ends.get(name)!(failure);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { begun, run, end };
}
const LIMITS = { what: 'reports', atOnce: 1, waitingMax: 2, waitMsMax: 1_000 };

test('turns are first come, first served, also after a failure', async () => {
  const { begun, run, end } = runs();
  const takeTurn = takingTurns(LIMITS);
  const results = ['a', 'b', 'c'].map((name) => takeTurn(run(name)).catch(({ message }) => message));
  expect(begun).toEqual(['a']);
  await end('a', new Error('a failed'));
  expect(begun).toEqual(['a', 'b']);
  await end('b');
  await end('c');
  expect(await Promise.all(results)).toEqual(['a failed', 'b done', 'c done']);
  const last = takeTurn(run('d'));
  await end('d');
  expect(await last).toBe('d done');
});

test('no more than the limit wait', async () => {
  const { begun, run } = runs();
  const takeTurn = takingTurns(LIMITS);
  for (const name of ['a', 'b', 'c']) void takeTurn(run(name));
  await expect(takeTurn(run('d'))).rejects.toThrow(Problem);
  await expect(takeTurn(run('d'))).rejects.toMatchObject({ type: 'busy', retryAfterS: 5 });
  expect(begun).toEqual(['a']);
});

test('nobody waits longer than the limit, and the turn of one who gave up goes to the next', async () => {
  const { begun, run, end } = runs();
  const takeTurn = takingTurns(LIMITS);
  void takeTurn(run('a'));
  const tired = takeTurn(run('b')).catch((error) => error);
  await vi.advanceTimersByTimeAsync(600);
  void takeTurn(run('c'));
  await vi.advanceTimersByTimeAsync(400);
  expect(await tired).toMatchObject({ type: 'busy' });
  await end('a');
  expect(begun).toEqual(['a', 'c']);
});

test('without room to wait, excess requests are refused at once', async () => {
  const { run } = runs();
  const takeTurn = takingTurns({ what: 'look-ups', atOnce: 1 });
  void takeTurn(run('a'));
  await expect(takeTurn(run('b'))).rejects.toThrow('at most 1 look-ups at once; ask again');
});
