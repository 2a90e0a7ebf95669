import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CrewLink, openCrewLink, type PrimaryPipe } from '../../src/adapters/crew-link.ts';
import type { ToPrimary, ToWorker } from '../../src/adapters/crew-messages.ts';
import { backOffMs } from '../../src/adapters/worker-crew.ts';

/** A worker's end of the pipe; the test is the primary. */
class Pipe extends EventEmitter {
  readonly sent: ToPrimary[] = [];
  isConnected = true;
  send(message: ToPrimary): boolean {
    this.sent.push(message);
    return true;
  }
  disconnect(): void {
    this.isConnected = false;
  }
  tell(message: ToWorker): void {
    this.emit('message', message);
  }
}

let pipe: Pipe;
let link: CrewLink<string>;

beforeEach(() => {
  vi.useFakeTimers();
  pipe = new Pipe();
  link = openCrewLink(pipe as unknown as PrimaryPipe);
});

afterEach(() => {
  link.close();
  vi.useRealTimers();
});

describe('a worker', () => {
  test('hears in order what the others published, and tells what it publishes itself', () => {
    const heard: string[] = [];
    link.changes.subscribe((change) => heard.push(change));
    for (const change of ['a', 'b']) pipe.tell({ kind: 'change', change });
    link.changes.publish('c');
    expect(heard).toEqual(['a', 'b']);
    expect(pipe.sent).toEqual([{ kind: 'change', change: 'c' }]);
  });

  test('reports every two seconds that it is alive', () => {
    vi.advanceTimersByTime(4_000);
    expect(pipe.sent).toEqual([{ kind: 'alive' }, { kind: 'alive' }]);
  });

  test('stops, follows the model and reads again when told to', () => {
    const done: string[] = [];
    link.onStop((isReplaced) => done.push(`stop ${isReplaced}`));
    link.onFollowModel(() => done.push('follow'));
    link.onReadAgain(() => done.push('read'));
    pipe.tell({ kind: 'stop', isReplaced: true });
    pipe.tell({ kind: 'follow-model' });
    pipe.tell({ kind: 'read-again' });
    expect(done).toEqual(['stop true', 'follow', 'read']);
  });

  test('knows how many of the crew live', () => {
    pipe.tell({ kind: 'crew', live: 2, wanted: 3 });
    expect(link.crew).toEqual({ live: 2, wanted: 3 });
  });
});

describe('the metrics of the crew', () => {
  test('are those the primary has gathered', async () => {
    const all = link.metrics.all();
    expect(pipe.sent).toEqual([{ kind: 'want-metrics', question: 1 }]);
    pipe.tell({ kind: 'all-metrics', question: 1, metrics: [[], []] });
    expect(await all).toEqual([[], []]);
  });

  test('are the worker’s own when the primary does not answer', async () => {
    link.metrics.offer(async () => []);
    const all = link.metrics.all();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await all).toEqual([[]]);
  });
});

test('a worker that keeps dying is replaced after ever longer waits, up to half a minute', () => {
  expect([1, 2, 3, 4, 9, 10, 1000].map(backOffMs)).toEqual([100, 200, 400, 800, 25_600, 30_000, 30_000]);
});
