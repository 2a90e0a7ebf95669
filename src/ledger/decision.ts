/** Most candidates kept of one decision, the most probable first. */
export const DECISION_CANDIDATES_MAX = 50;

/** The arm of the experiment: offers are made, or held back to see what would have been bought anyway. */
export type Arm = 'treatment' | 'holdout';

/** What an arm is drawn for: a single basket, or a customer with all of their baskets. */
export const DRAW_UNITS = ['basket', 'customer'] as const;
export type DrawUnit = (typeof DRAW_UNITS)[number];

/** What is assigned to an arm. */
export interface HoldoutUnit {
  readonly basketId: string;
  /** Only with the customer's consent. */
  readonly customerId?: string | undefined;
  readonly storeId?: string | undefined;
  readonly channel?: string | undefined;
}

/** The arm that a basket is in. */
export interface Assignment {
  readonly arm: Arm;
  /** The basket's chance of `holdout`, 0 to 1; 0 where it takes no part in the experiment. */
  readonly holdoutShare: number;
  /** The arm was drawn for the customer and all their baskets; absent where drawn for this basket alone. */
  readonly isDrawnForCustomer?: true;
}

/** For an analyst's question, `ask` and the warm-up: no offer to anybody, always answered, and in no experiment. */
export const NOT_IN_EXPERIMENT: Assignment = { arm: 'treatment', holdoutShare: 0 };

/** One answer as it was given, with what is needed to prove later what it earned. */
export interface DecisionRecord {
  /** UUIDv7, so that the order of ids is the order of time. */
  readonly decisionId: string;
  readonly tenant: string;
  readonly basketId: string;
  readonly storeId?: string;
  readonly channel?: string;
  readonly agentId?: string;
  /** Pseudonym, never the customer's own id. */
  readonly customer?: string;
  /** Epoch milliseconds of the answer. */
  readonly atMs: number;
  readonly arm: Arm;
  /** The basket's chance of `holdout`; absent or 0 where it takes no part in the experiment. */
  readonly holdoutShare?: number;
  /** The arm was drawn for the customer and all their baskets; absent where drawn for this basket alone. */
  readonly isDrawnForCustomer?: true;
  readonly modelVersion: string;
  readonly rulesVersion: number;
  readonly stockEpoch: number;
  /** `probability` marks an analyst's question: nobody was offered anything, and no report counts it. */
  readonly objective: 'value' | 'probability';
  readonly language?: string;
  readonly basket: readonly DecisionLine[];
  /** At most DECISION_CANDIDATES_MAX. */
  readonly candidates: readonly DecisionCandidate[];
  /** How many candidates that were not suggested are no longer kept; absent where all are kept. */
  readonly candidatesForgotten?: number;
  /** Product ids in the order shown; on a holdout, those that would have been shown. */
  readonly suggestions: readonly string[];
  /** How the slate was chosen; absent where nothing is explored, and on a holdout. */
  readonly slate?: SlateFacts;
  /** What was left out of the answer, and why; empty for a full one. */
  readonly degraded: readonly string[];
}

/** What is needed to say which slate another policy would have chosen from the same candidates. */
export interface SlateFacts {
  /** Most places in the slate. */
  readonly limit: number;
  /** How many suggestions, from the first on, were pinned by a rule. */
  readonly pinned: number;
  /** β of the expected values. */
  readonly valueWeight: number;
  /** Least expected value of an offer. */
  readonly expectedValueMin: number;
  /** Vref of the expected values, in money; null where nothing states a margin. */
  readonly referenceValue: number | null;
  /** Absent where nothing was left to chance. */
  readonly exploration?: SlateExploration;
}

/** The draw for the last place of a slate. */
export interface SlateExploration {
  /** Chance that the place was drawn. */
  readonly share: number;
  /** The number drawn, in [0, 1): the same for the same question in the same basket, independent for any other. */
  readonly draw: number;
  /** The suggestion made instead of the ordinary one; null where the ordinary one was made. */
  readonly explored: string | null;
}

/** What reports need of a decision. */
export type DecisionFacts = Omit<
  DecisionRecord,
  | 'candidates'
  | 'candidatesForgotten'
  | 'modelVersion'
  | 'rulesVersion'
  | 'stockEpoch'
  | 'language'
  | 'slate'
  | 'degraded'
>;

export interface DecisionLine {
  readonly productId: string;
  readonly quantity: number;
  /** Price of one unit from the caller or the catalogue: for statistics, not an amount of the ledger. */
  readonly unitPrice?: number;
}

export interface DecisionCandidate {
  readonly productId: string;
  /** Calibrated probability of acceptance, 0 to 1. */
  readonly probability: number;
  /** Money per offered unit in the store's currency; null where no price or cost was known. */
  readonly expectedValue: number | null;
  /** `suggested`, or the filter, rule or threshold that held it back. */
  readonly verdict: string;
  /** Value of one more unit sold now, in money; null where no margin is known, absent where nothing is explored. */
  readonly unitValue?: number | null;
  /** Chance of being among the suggestions under the policy that chose; absent: 1 for a suggestion, else 0. */
  readonly inclusion?: number;
  /** Candidates with the same number are substitutes: a slate never holds two of them. */
  readonly substituteGroup?: number;
}
