import type { CustomerNames } from '../adapters/customer-names.ts';
import type { ManifestFacts } from '../adapters/model-manifest.ts';
import type { Product } from '../recommender/catalogue.ts';
import type { StockRow } from '../recommender/stock.ts';
import type { Evaluation } from './evaluate.ts';
import type { Outcomes } from './offers.ts';
import type { IngestReport, Receipts } from './receipts.ts';

export interface TrainingInput {
  readonly receipts: Receipts;
  readonly report: IngestReport;
  readonly catalogue: readonly Product[];
  readonly stock: readonly StockRow[];
  readonly storeNames?: ReadonlyMap<string, string>;
  readonly version: string;
  readonly seed: number;
  readonly threads: number;
  readonly codeVersion: string;
  readonly nowMs: number;
  readonly currency?: string;
  readonly notice?: string;
  /** Absent: nothing is learned of customers. */
  readonly customers?: CustomerNames;
  /** Absent: probabilities are those of the next product, whether offered or not. */
  readonly outcomes?: Outcomes;
  /** Learn the published arrays from the first 90 % only, exactly those the evaluation measured. */
  readonly keepTestOut?: boolean;
  readonly onProgress?: (stage: TrainingStage, done: number, total: number) => void;
}

export type TrainingStage = 'tuning' | 'fitting' | 'evaluating' | 'learning';

/** What is needed to choose and measure, without publishing. */
export type TestingInput = Pick<TrainingInput, 'receipts' | 'seed' | 'threads' | 'onProgress'>;

/** A version ready to be published: its manifest without checksums, and its files. */
export interface TrainedVersion {
  readonly manifest: ManifestFacts;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly evaluation: Evaluation;
}
