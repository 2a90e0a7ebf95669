/** A product offered in a basket, and whether it was accepted by the last word that was said on it. */
export interface Offer {
  /** Epoch milliseconds: of the decision, or of the first word on it where that is dated earlier. */
  readonly madeAtMs: number;
  readonly basketId: string;
  /** Offers of one decision were made of one basket. */
  readonly decisionId: string;
  readonly storeId: string | undefined;
  /** Empty where it was not recorded. */
  readonly channel: string;
  /** Pseudonym; undefined where the customer was not known, or did not agree. */
  readonly customer: string | undefined;
  /** Product ids of the basket when the offer was made. */
  readonly basket: readonly string[];
  readonly productId: string;
  readonly isAccepted: boolean;
}

/** What a gateway recorded of its offers. */
export interface Outcomes {
  /** In the order of `madeAtMs`. */
  readonly offers: readonly Offer[];
  /** Index into the receipts' customers by pseudonym. */
  readonly customerOf: ReadonlyMap<string, number>;
}
