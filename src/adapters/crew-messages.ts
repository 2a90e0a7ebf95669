import type { MetricObjectWithValues, MetricValue } from 'prom-client';

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
  | { readonly kind: 'stop' }
  | { readonly kind: 'follow-model' }
  | { readonly kind: 'crew'; readonly live: number; readonly wanted: number }
  | { readonly kind: 'change'; readonly change: unknown }
  | { readonly kind: 'give-metrics'; readonly question: number }
  | { readonly kind: 'all-metrics'; readonly question: number; readonly metrics: readonly ProcessMetrics[] };
