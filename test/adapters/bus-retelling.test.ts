import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BusOutbox } from '../../src/adapters/bus-outbox.ts';
import { BusRetelling } from '../../src/adapters/bus-retelling.ts';
import type { SharedChange } from '../../src/recommender/shared-change.ts';

beforeEach(
  () => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'performance'] }),
);
afterEach(() => void vi.useRealTimers());

const rules = (version: number): SharedChange => ({
  kind: 'rules',
  tenant: `t${version}`,
  version,
  rules: [],
});

function retellingOf(all: () => Iterable<SharedChange>) {
  const outbox = new BusOutbox(100);
  const troubles: Error[] = [];
  const retelling = new BusRetelling({
    outbox,
    all,
    onAdded() {},
    onTrouble: (error) => troubles.push(error),
  });
  return { outbox, troubles, retelling };
}

test('a disk that cannot be read is reported and read again from the start, ever more rarely, until all is told', async () => {
  const cause = new Error('MDB_READERS_FULL');
  let failures = 3;
  let readings = 0;
  const { outbox, troubles, retelling } = retellingOf(function* () {
    readings++;
    yield rules(1);
    if (failures-- > 0) throw cause;
    yield rules(2);
  });
  retelling.start();
  expect(retelling.isUnderWay).toBe(true);
  await vi.advanceTimersByTimeAsync(50);
  expect(troubles).toMatchObject([{ message: expect.stringContaining('again in 1 s'), cause }]);
  // Nothing is told of a reading that failed.
  await vi.advanceTimersByTimeAsync(900);
  expect([readings, outbox.size, retelling.isUnderWay]).toEqual([1, 0, true]);
  await vi.advanceTimersByTimeAsync(1_000 + 2_000);
  expect(troubles.map(({ message }) => message.slice(-4))).toEqual([' 1 s', ' 2 s', ' 4 s']);
  await vi.advanceTimersByTimeAsync(5_500);
  expect([readings, outbox.size, retelling.isUnderWay]).toEqual([4, 2, false]);
  expect(troubles).toHaveLength(3);
});

test('a disk that cannot even be opened for it is reported and tried again', async () => {
  let failures = 2;
  const { outbox, troubles, retelling } = retellingOf(() => {
    if (failures-- > 0) throw new Error('MDB_READERS_FULL');
    return [rules(1)];
  });
  retelling.start();
  await vi.advanceTimersByTimeAsync(50);
  expect([troubles.length, retelling.isUnderWay]).toEqual([1, true]);
  await vi.advanceTimersByTimeAsync(1_000 + 2_000 + 1_500);
  expect([troubles.length, outbox.size, retelling.isUnderWay]).toEqual([2, 1, false]);
});

test('what is read waits a second, and counts as still to be told', async () => {
  const { outbox, retelling } = retellingOf(() => [rules(1)]);
  retelling.start();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([outbox.size, retelling.isUnderWay]).toEqual([0, true]);
  await vi.advanceTimersByTimeAsync(100);
  expect([outbox.size, retelling.isUnderWay]).toEqual([1, false]);
});

test('nothing is read once it is stopped, and what was cut off counts as still to be told', async () => {
  let readings = 0;
  const { troubles, retelling } = retellingOf(() => {
    readings++;
    return [rules(1)];
  });
  retelling.start();
  await vi.advanceTimersByTimeAsync(50);
  retelling.stop();
  retelling.start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([readings, retelling.isUnderWay, troubles]).toEqual([1, true, []]);
});
