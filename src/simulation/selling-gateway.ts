import type { EventResult, LedgerEvent } from '../ledger/events.ts';
import type { SalesReport } from '../ledger/sales-report.ts';
import type { UpliftReport } from '../ledger/uplift-report.ts';

/** A product as the catalogue routes list it, the best sellers first. */
export interface ListedProduct {
  readonly id: string;
  readonly category: string;
  readonly unitPrice?: number;
}

/** One suggestion as far as shoppers care. */
export interface SimulatedOffer {
  readonly productId: string;
  readonly unitPrice?: number;
  readonly value?: { readonly margin: number; readonly unknown: readonly string[] };
  readonly reasons: readonly {
    readonly code: string;
    readonly withProductId?: string;
    readonly share?: number;
  }[];
}

export interface SimulatedQuestion {
  readonly basketId: string;
  readonly storeId: string;
  readonly agentId: string;
  readonly channel: 'till' | 'call';
  readonly basket: readonly {
    readonly productId: string;
    readonly quantity: number;
    readonly unitPrice: number;
  }[];
  readonly customerId?: string;
  readonly consent?: { readonly personalise: boolean };
  /** RFC 3339. */
  readonly at: string;
}

export interface SimulatedAnswer {
  readonly decisionId: string;
  readonly arm: 'treatment' | 'holdout';
  readonly suggestions: readonly SimulatedOffer[];
}

/** A row of `POST /v1/stock`. */
export interface StockStatement {
  readonly storeId: string;
  readonly productId: string;
  readonly onHand: number;
  readonly demandPerDay: number;
  readonly targetCoverDays: number;
  readonly leadTimeDays: number;
  readonly expiresAt?: string;
  readonly asOf: string;
}

/** Days as texts, both included. */
export interface ReportedDays {
  readonly from: string;
  readonly to: string;
}

/**
 * A gateway as its public API shows it. Every method resolves with what was answered, however often it had to be asked, and
 * rejects when the gateway refuses or is away for too long. Repeating a method with the same arguments MUST do no harm.
 */
export interface SellingGateway {
  /** Questions that may be under way at once. */
  readonly parallel: number;
  currentModel(): Promise<{ readonly modelVersion: string; readonly currency: string | null }>;
  products(category: string | undefined): Promise<readonly ListedProduct[]>;
  /** What goes with one product by the model's own baskets: an analyst's question, no offer. */
  companions(productId: string): Promise<readonly SimulatedOffer[]>;
  ask(question: SimulatedQuestion): Promise<SimulatedAnswer>;
  stateStock(rows: readonly StockStatement[]): Promise<void>;
  /** @param atMs the shop's time, epoch ms */
  tell(events: readonly LedgerEvent[], atMs: number): Promise<readonly EventResult[]>;
  /** Rows by store. */
  salesReport(days: ReportedDays): Promise<SalesReport>;
  upliftReport(days: ReportedDays, storeId: string | undefined): Promise<UpliftReport>;
}

/** What trading needs of it. */
export type TradingGateway = Pick<SellingGateway, 'parallel' | 'ask' | 'stateStock' | 'tell'>;

/** Runs `work` on every item, `width` at a time; results in the order of the items. Rejects with the first failure. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  const run = async () => {
    for (let at = next++; at < items.length; at = next++) {
      try {
        results[at] = await work(items[at]!);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, run));
  return results;
}
