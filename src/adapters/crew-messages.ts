import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { BusFacts } from '../recommender/shared-change.ts';

/** Metrics of one process, as prom-client adds them up. */
export type ProcessMetrics = readonly MetricObjectWithValues<MetricValue<string>>[];

/** From a worker to the primary process. */
export type ToPrimary =
  | { readonly kind: 'ready'; readonly facts: unknown }
  /** It cannot start; `isUsage` when the configuration is to blame. */
  | { readonly kind: 'failed'; readonly reason: string; readonly isUsage: boolean }
  | { readonly kind: 'alive' }
  | { readonly kind: 'change'; readonly change: unknown }
  | { readonly kind: 'want-metrics'; readonly question: number }
  | { readonly kind: 'metrics'; readonly question: number; readonly metrics: ProcessMetrics };

/** From the primary process to a worker. */
export type ToWorker =
  /** `isReplaced`: another worker has taken its place already. */
  | { readonly kind: 'stop'; readonly isReplaced: boolean }
  | { readonly kind: 'follow-model' }
  /** A worker died: what it wrote but had not announced is on the disk. */
  | { readonly kind: 'read-again' }
  | { readonly kind: 'crew'; readonly live: number; readonly wanted: number }
  | { readonly kind: 'change'; readonly change: unknown }
  /** How the primary process, which has the bus, hears other machines. */
  | { readonly kind: 'bus'; readonly facts: BusFacts }
  | { readonly kind: 'give-metrics'; readonly question: number }
  | { readonly kind: 'all-metrics'; readonly question: number; readonly metrics: readonly ProcessMetrics[] };
