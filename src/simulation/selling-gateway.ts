import type { EventResult, LedgerEvent } from '../ledger/events.ts';
import type { SalesReport } from '../ledger/sales-report.ts';
import type { UpliftReport } from '../ledger/uplift-report.ts';

/** A product as listed by the catalogue routes, which put best sellers first. */
export interface ListedProduct {
  readonly id: string;
  readonly category: string;
  readonly unitPrice?: number;
}

/** The parts of a suggestion that the simulation uses. */
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
  /** RFC 3339 timestamp. */
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

/** Days as `YYYY-MM-DD`, both inclusive. */
export interface ReportedDays {
  readonly from: string;
  readonly to: string;
}

/**
 * A gateway as seen through its public API. Every method resolves with the answer, however many attempts it took, and rejects if
 * the gateway refuses the request or is unreachable for too long. Repeating a call with the same arguments MUST do no harm.
 */
export interface SellingGateway {
  /** Maximum number of concurrent questions. */
  readonly parallel: number;
  currentModel(): Promise<{ readonly modelVersion: string; readonly currency: string | null }>;
  products(category: string | undefined): Promise<readonly ListedProduct[]>;
  /** What is bought with a product in the baskets that the model learned from: an analyst's question, not an offer. */
  companions(productId: string): Promise<readonly SimulatedOffer[]>;
  ask(question: SimulatedQuestion): Promise<SimulatedAnswer>;
  stateStock(rows: readonly StockStatement[]): Promise<void>;
  /** @param atMs time in the simulated shop, epoch ms */
  tell(events: readonly LedgerEvent[], atMs: number): Promise<readonly EventResult[]>;
  /** One row per store. */
  salesReport(days: ReportedDays): Promise<SalesReport>;
  upliftReport(days: ReportedDays, storeId: string | undefined): Promise<UpliftReport>;
}

/** The part of a gateway that trading needs. */
export type TradingGateway = Pick<SellingGateway, 'parallel' | 'ask' | 'stateStock' | 'tell'>;

/** Runs `work` on every item, `width` at a time. Results are in the order of the items. Rejects with the first failure. */
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
