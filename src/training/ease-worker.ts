import { parentPort } from 'node:worker_threads';
import type { CoPurchases } from './co-purchases.ts';
import { type EaseParameters, solveEase } from './ease.ts';

/** One piece of work: the targets [from, to). */
export interface EaseJob {
  readonly counts: CoPurchases;
  readonly parameters: EaseParameters;
  readonly from: number;
  readonly to: number;
}

parentPort?.on('message', ({ counts, parameters, from, to }: EaseJob) => {
  parentPort?.postMessage(solveEase(counts, parameters, from, to));
});
