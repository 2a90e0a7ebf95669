/** A product offered in a basket, and whether the last outcome reported for it was acceptance. */
export interface Offer {
  /** Epoch milliseconds of the decision, or of the first response to it where that is dated earlier. */
  readonly madeAtMs: number;
  readonly basketId: string;
  /** Offers of one decision were made for one basket. */
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

/** What a gateway recorded about its offers. */
export interface Outcomes {
  /** In the order of `madeAtMs`. */
  readonly offers: readonly Offer[];
  /** Index into the receipts' customers by pseudonym. */
  readonly customerOf: ReadonlyMap<string, number>;
}
