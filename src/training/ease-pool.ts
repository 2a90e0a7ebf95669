import { Worker } from 'node:worker_threads';
import type { CoPurchases } from './co-purchases.ts';
import { type EaseColumns, type EaseParameters, solveEase } from './ease.ts';
import type { EaseJob } from './ease-worker.ts';

/** Solves the regressions of all products; the result is the same for any number of threads. */
export interface EasePool {
  solve(counts: CoPurchases, parameters: EaseParameters): Promise<EaseColumns>;
  close(): Promise<void>;
}

/** Targets per job: small enough that threads end together, large enough that messages cost nothing. */
const TARGETS_PER_JOB = 128;

/** A pool of worker threads; with one thread, the caller's own does the work. */
export function createEasePool(threads: number): EasePool {
  if (threads <= 1) {
    return {
      solve: async (counts, parameters) => solveEase(counts, parameters, 0, counts.diagonal.length),
      close: async () => {},
    };
  }
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('./ease-worker.js', import.meta.url)),
  );
  const share = createSharedCounts();
  return {
    solve: (counts, parameters) => solveOn(workers, share(counts), parameters),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

async function solveOn(
  workers: readonly Worker[],
  counts: CoPurchases,
  parameters: EaseParameters,
): Promise<EaseColumns> {
  const items = counts.diagonal.length;
  const result = {
    source: new Int32Array(items * parameters.kept),
    weight: new Float32Array(items * parameters.kept),
  };
  let next = 0;
  const work = async (worker: Worker) => {
    while (next < items) {
      const from = next;
      next = Math.min(items, from + TARGETS_PER_JOB);
      const columns = await ask(worker, { counts, parameters, from, to: next });
      result.source.set(columns.source, from * parameters.kept);
      result.weight.set(columns.weight, from * parameters.kept);
    }
  };
  await Promise.all(workers.map(work));
  return result;
}

function ask(worker: Worker, job: EaseJob): Promise<EaseColumns> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      end();
    };
    const onMessage = (columns: EaseColumns) => settle(() => resolve(columns));
    const onError = (cause: unknown) =>
      settle(() => reject(new Error('A training thread failed.', { cause })));
    const onExit = (code: number) =>
      settle(() => reject(new Error(`A training thread ended early with code ${code}.`)));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(job);
  });
}

/**
 * Copies counts into shared memory, so that jobs carry references. Every call uses the same memory: otherwise a thread that rarely collects
 * garbage would keep each earlier copy alive.
 */
function createSharedCounts(): (counts: CoPurchases) => CoPurchases {
  const buffers = new Map<string, SharedArrayBuffer>();
  const share = <T extends Int32Array | Float64Array>(
    name: string,
    from: T,
    type: { new (buffer: SharedArrayBuffer, offset: number, length: number): T },
  ): T => {
    let buffer = buffers.get(name);
    if (!buffer || buffer.byteLength < from.byteLength) {
      buffer = new SharedArrayBuffer(8 * Math.ceil((from.byteLength * 1.25) / 8));
      buffers.set(name, buffer);
    }
    const shared = new type(buffer, 0, from.length);
    shared.set(from);
    return shared;
  };
  return (counts) => ({
    start: share('start', counts.start, Int32Array),
    column: share('column', counts.column, Int32Array),
    weight: share('weight', counts.weight, Float64Array),
    diagonal: share('diagonal', counts.diagonal, Float64Array),
  });
}
