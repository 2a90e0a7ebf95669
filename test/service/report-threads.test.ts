import { beforeEach, expect, test, vi } from 'vitest';
import type { ReportSource } from '../../src/gateway/report-source.ts';
import { ReportThreads } from '../../src/service/report-threads.ts';

interface FakeThread {
  readonly asked: string[];
  isClosed: boolean;
}
const threads: FakeThread[] = [];

vi.mock('../../src/service/report-thread.ts', () => ({
  /** Never answers a sales report. */
  ReportThread: class {
    readonly asked: string[] = [];
    isClosed = false;

    constructor() {
      threads.push(this);
    }

    async make(name: string) {
      this.asked.push(name);
      if (this.asked.includes('sales')) await new Promise(() => {});
      return `${name} made`;
    }

    async close() {
      this.isClosed = true;
    }
  },
}));

const about = { tenant: 't' } as unknown as ReportSource;
const lookUp = { customers: [], timeZone: 'UTC', dayEnds: 0, averageSpend: new Map() };

beforeEach(() => {
  threads.length = 0;
});

test('a look-up waits for no report that holds its thread', async () => {
  const reporter = new ReportThreads({ path: 'data', onRebuild: () => {} });
  void reporter.make('sales', {} as never, about);
  expect(await reporter.make('averageSpend', undefined, about)).toBe('averageSpend made');
  expect(await reporter.make('lookUp', lookUp, about)).toBe('lookUp made');
});

test('closing ends all threads', async () => {
  await new ReportThreads({ path: 'data', onRebuild: () => {} }).close();
  expect(threads.map(({ isClosed }) => isClosed)).toEqual([true, true]);
});
