/** A product offered in a basket, with the last word that was said on it. */
export interface Offer {
  /** Epoch milliseconds of that word. */
  readonly saidAtMs: number;
  readonly basketId: string;
  /** Offers of one decision were made of one basket. */
  readonly decisionId: string;
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
  /** In the order of `saidAtMs`. */
  readonly offers: readonly Offer[];
  /** Index into the receipts' customers by pseudonym. */
  readonly customerOf: ReadonlyMap<string, number>;
}
