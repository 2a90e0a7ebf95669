/** Candidates kept of one decision at most, most probable first. */
export const DECISION_CANDIDATES_MAX = 50;

/** One answer, as it was given and as it is needed to prove later what it earned. */
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
  readonly arm: 'treatment' | 'holdout';
  readonly modelVersion: string;
  readonly rulesVersion: number;
  readonly stockEpoch: number;
  readonly objective: 'value' | 'probability';
  readonly language?: string;
  readonly basket: readonly DecisionLine[];
  /** At most DECISION_CANDIDATES_MAX. */
  readonly candidates: readonly DecisionCandidate[];
  /** Product ids in the order shown; on a holdout those that would have been. */
  readonly suggestions: readonly string[];
  /** What was left out of the answer, and why; empty for a full one. */
  readonly degraded: readonly string[];
}

export interface DecisionLine {
  readonly productId: string;
  readonly quantity: number;
}

export interface DecisionCandidate {
  readonly productId: string;
  /** Calibrated probability of acceptance, 0 to 1. */
  readonly probability: number;
  /** Money per offered unit in the store's currency; null where no price or cost was known. */
  readonly expectedValue: number | null;
  /** `suggested`, or the filter, rule or threshold that held it back. */
  readonly verdict: string;
}
