import type { CustomerNames } from '../adapters/customer-names.ts';
import type { ManifestFacts } from '../adapters/model-manifest.ts';
import type { Product } from '../recommender/catalogue.ts';
import type { StockRow } from '../recommender/stock.ts';
import type { Evaluation } from './evaluate.ts';
import type { KeptChoices } from './kept-choices.ts';
import type { Outcomes } from './offers.ts';
import type { IngestReport, Receipts } from './receipts.ts';
import type { TrialJournal } from './trial-journal.ts';

export interface TrainingInput {
  readonly receipts: Receipts;
  readonly report: IngestReport;
  readonly catalogue: readonly Product[];
  readonly stock: readonly StockRow[];
  readonly storeNames?: ReadonlyMap<string, string>;
  readonly version: string;
  readonly seed: number;
  readonly threads: number;
  /** Default: full. */
  readonly effort?: Effort;
  /** Parameters and ranker that are not chosen again. */
  readonly kept?: KeptChoices;
  /** Where trials of the search are kept; must be of these receipts, seed and effort. */
  readonly journal?: TrialJournal;
  readonly codeVersion: string;
  readonly nowMs: number;
  readonly currency?: string;
  readonly notice?: string;
  /** Absent: nothing is learned about customers. */
  readonly customers?: CustomerNames;
  /** Absent: probabilities are those of the next product, whether offered or not. */
  readonly outcomes?: Outcomes;
  /** Learn the published arrays from the first 90 % only, exactly those the evaluation measured. */
  readonly keepTestOut?: boolean;
  readonly onProgress?: (stage: TrainingStage, done: number, total: number) => void;
}

export type TrainingStage =
  | 'tuning complements'
  | 'tuning neighbours'
  | 'fitting'
  | 'evaluating'
  | 'learning';

/** How thoroughly parameters are searched. */
export const EFFORTS = ['quick', 'full'] as const;
export type Effort = (typeof EFFORTS)[number];

/** What is needed to choose and measure, without publishing. */
export type TestingInput = Pick<
  TrainingInput,
  'receipts' | 'seed' | 'threads' | 'effort' | 'kept' | 'journal' | 'onProgress'
>;

/** A version ready to be published: its manifest without checksums, and its files. */
export interface TrainedVersion {
  readonly manifest: ManifestFacts;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly evaluation: Evaluation;
}
