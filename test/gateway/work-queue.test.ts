import { expect, test } from 'vitest';
import { WorkQueue } from '../../src/gateway/work-queue.ts';

test('work is done in the order in which it came, each piece after the one before', async () => {
  const queue = new WorkQueue(10);
  const steps: string[] = [];
  const work = (name: string, turns: number) => async () => {
    steps.push(`${name} begins`);
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
    steps.push(`${name} ends`);
    return name;
  };
  const done = [queue.run(work('long', 5)), queue.run(work('short', 0))];
  expect(await Promise.all(done)).toEqual(['long', 'short']);
  expect(steps).toEqual(['long begins', 'long ends', 'short begins', 'short ends']);
});

test('work that fails is told to its sender only', async () => {
  const queue = new WorkQueue(10);
  const failing = queue.run(() => Promise.reject(new Error('no')));
  const next = queue.run(async () => 'done');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('done');
});

test('no more waits than may, and there is room again afterwards', async () => {
  const queue = new WorkQueue(2);
  const done = [queue.run(async () => 1), queue.run(async () => 2)];
  expect(queue.run(async () => 3)).toBeUndefined();
  await Promise.all(done);
  await new Promise(setImmediate);
  expect(await queue.run(async () => 4)).toBe(4);
});
