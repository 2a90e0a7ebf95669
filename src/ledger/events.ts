/** The fields of every event of the ledger; times are RFC 3339 with an offset. */
interface EventFacts {
  /** The sender's id: the ledger keeps one event per tenant and id, for ever. */
  readonly id: string;
  readonly at: string;
  readonly basketId?: string;
  readonly agentId?: string;
  readonly storeId?: string;
  readonly channel?: string;
}

/** A suggestion reached the screen. */
export interface ShownEvent extends EventFacts {
  readonly type: 'shown';
  readonly decisionId: string;
  readonly productId: string;
}

export type OutcomeResult = 'accepted' | 'declined' | 'not-offered';

/** What became of a suggestion that was shown. */
export interface OutcomeEvent extends EventFacts {
  readonly type: 'outcome';
  readonly decisionId: string;
  readonly productId: string;
  readonly result: OutcomeResult;
}

/** One product of a receipt; money as a decimal number in the event's currency. */
export interface ReceiptLine {
  readonly productId: string;
  /** Units, above zero; a fraction for weighed goods. */
  readonly quantity: number;
  /** Of one unit, before the discount. */
  readonly unitPrice: number;
  /** Off the whole line. */
  readonly discount?: number;
  /** Of one unit. */
  readonly unitCost?: number;
}

/** The same line as the ledger keeps it: integer minor units of the event's currency. */
export interface RecordedLine {
  readonly productId: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly discountMinor?: number;
  readonly unitCostMinor?: number;
  /**
   * Holding cost that each unit of the line saved, by the store's stock when the gateway got the receipt: an estimate, so fractions count.
   * The gateway adds it, and ignores it when it compares two events; absent where not known.
   */
  readonly holdingSavedMinor?: number;
}

/** The paid receipt of a basket. */
export interface SaleEvent<Line = ReceiptLine> extends EventFacts {
  readonly type: 'sale';
  readonly basketId: string;
  readonly storeId: string;
  /** ISO 4217 code. */
  readonly currency: string;
  readonly lines: readonly Line[];
  /** The agents who made the sale together, in parts that add up to 100 percent; absent: agentId alone. */
  readonly split?: readonly SaleShare[];
}

/** An agent's part of a sale, above 0 and with at most two decimals. */
export interface SaleShare {
  readonly agentId: string;
  readonly percent: number;
}

/** Lines of a basket's sale that came back; quantities and money are positive. */
export interface RefundEvent<Line = ReceiptLine> extends EventFacts {
  readonly type: 'refund';
  readonly basketId: string;
  readonly currency: string;
  readonly lines: readonly Line[];
}

/** An event as it is sent. */
export type LedgerEvent = ShownEvent | OutcomeEvent | SaleEvent | RefundEvent;

/** An event as the ledger keeps it: money in integer minor units. */
export type RecordedEvent = ShownEvent | OutcomeEvent | SaleEvent<RecordedLine> | RefundEvent<RecordedLine>;

/** Version of RecordedEvent's shape that is written today. */
export const EVENT_SCHEMA_VERSION = 1;

export interface StoredEvent {
  readonly event: RecordedEvent;
  /** Epoch milliseconds at which the gateway got it. */
  readonly receivedAtMs: number;
  readonly tenant: string;
  readonly schemaVersion: number;
}

/** What became of one event sent; `stored` and `duplicate` mean it is on disk, `rejected` carries the reason. */
export interface EventResult {
  readonly id: string;
  readonly status: 'stored' | 'duplicate' | 'rejected';
  readonly reason?: string;
}
