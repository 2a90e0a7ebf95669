/**
 * Cleaned receipts as columns. Basket `b` holds `items[basketStart[b]] … items[basketStart[b + 1] - 1]`, a set in
 * ascending order. Baskets are in order of time, then of first appearance.
 */
export interface Receipts {
  /** Product ids; an item is an index into this list. Sorted by code unit, so that the numbering depends on the data only. */
  readonly productIds: readonly string[];
  readonly storeIds: readonly string[];
  readonly customerIds: readonly string[];
  /** [baskets + 1] */
  readonly basketStart: Int32Array;
  /** [lines] item of each line */
  readonly items: Int32Array;
  /** [lines] units of each line, summed over those lines of its product in the basket that differ */
  readonly quantity: Float32Array;
  /** [baskets] epoch ms; without a time column the order in the file, one millisecond apart */
  readonly soldAtMs: Float64Array;
  /** [baskets] hour of the day on the store's clock, 0 to 23; NO_HOUR where no time of day is stated */
  readonly hour: Uint8Array;
  /** IANA zone of the stores' clocks. */
  readonly timeZone: string;
  /** [baskets] index into storeIds, -1 unknown */
  readonly store: Int32Array;
  /** [baskets] index into customerIds, -1 unknown */
  readonly customer: Int32Array;
  /** Whether the receipts state times. */
  readonly hasTime: boolean;
  /** What the receipts themselves say about each product, in the order of productIds. */
  readonly products: readonly ReceiptProduct[];
}

/** Facts of a product read off the receipts; absent where no line states them. */
export interface ReceiptProduct {
  readonly id: string;
  /** Commonest description, when the file has one. */
  readonly name?: string;
  /** Median price and cost of one unit over its lines. */
  readonly unitPrice?: number;
  readonly unitCost?: number;
}

/** Why rows were left out, and how many; `rowsRead` counts all rows. */
export interface IngestReport {
  readonly files: readonly IngestedFile[];
  readonly rowsRead: number;
  readonly rowsKept: number;
  /** Reason → rows, such as `return`, `voided`, `service-code`, `quantity-not-positive`, `duplicate-line`, `bad-number`, `bad-date`. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Sentences on what could be read and may still not be what was meant; absent where there is none. */
  readonly notices?: readonly string[];
  /** Where the rows that could not be read lie with file and line number; absent when there are none. */
  readonly rejectsFile?: string;
  /** SHA-256 over the sum of the cleaned rows' hashes: the same receipts give the same, in any order, however split into files. */
  readonly fingerprint: string;
}

export interface IngestedFile {
  readonly path: string;
  readonly rows: number;
  readonly encoding: string;
  readonly delimiter: string;
  /** Our column name → the file's. */
  readonly columns: Readonly<Record<string, string>>;
}

export interface Ingested {
  readonly receipts: Receipts;
  readonly report: IngestReport;
}
