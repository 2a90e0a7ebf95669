/** The JSON of the report, contest and commission routes, to the extent that the manager page uses it. */
import type { Segment, SegmentRules } from './agent-answers.ts';

export type Grain = 'day' | 'week' | 'month';

export interface SalesMoney {
  readonly currency: string;
  readonly transactions: number;
  readonly revenue: number;
  readonly averageTransactionValue: number;
  readonly upsellMargin: number | null;
}

export interface SalesRow {
  readonly period?: string;
  /** The store of a row that is split by store; null where a receipt names none. */
  readonly part?: string | null;
  readonly transactions: number;
  readonly itemsPerTransaction: number | null;
  readonly attachRate: number | null;
  readonly acceptance: number | null;
  readonly money: readonly SalesMoney[];
}

export interface SalesAnswer {
  readonly from: string;
  readonly to: string;
  readonly rows: readonly SalesRow[];
  readonly total: SalesRow;
  readonly comparison: { readonly previous: SpanTotal; readonly yearBefore: SpanTotal };
  readonly trend: {
    readonly transactions: Trend | null;
    readonly revenue: readonly { readonly currency: string; readonly trend: Trend | null }[];
  };
  readonly unmatched: UnmatchedCounts;
}

export interface UnmatchedCounts {
  readonly suggestionEvents: number;
  readonly refunds: number;
  readonly receipts: number;
}

export interface UnmatchedAnswer {
  readonly events: readonly {
    readonly id: string;
    readonly type: string;
    readonly receivedAt: string;
    readonly reason: string;
    readonly productIds: readonly string[];
    readonly products: number;
    readonly basketId?: string;
  }[];
  /** Absent if these are all. */
  readonly next?: number;
}

export interface SpanTotal {
  readonly from: string;
  readonly to: string;
  readonly total: SalesRow;
}

export interface Trend {
  readonly perPeriod: Interval;
  readonly unusual: readonly { readonly period: string; readonly value: number; readonly expected: number }[];
}

/** Stock figures that a chart can show. */
export const STOCK_FIGURES = [
  ...(['averageValue', 'daysOfSupply', 'excessShare', 'holdingCostPerDay'] as const),
  ...(['turnover', 'daysInventoryOutstanding', 'stockOutShare'] as const),
] as const;
export type StockFigure = (typeof STOCK_FIGURES)[number];

/** Stock figures over a number of days; null where a figure cannot be given. */
export interface InventoryRow {
  readonly period?: string;
  readonly averageValue: number | null;
  readonly daysOfSupply: number | null;
  readonly excessShare: number | null;
  readonly holdingCostPerDay: number | null;
  readonly stockOutShare: number | null;
  readonly costOfGoodsSold: number | null;
  readonly turnover: number | null;
  readonly daysInventoryOutstanding: number | null;
}

/** The stock of one store, or of all stores. */
export interface StockTotals {
  readonly storeId?: string;
  readonly products: number;
  readonly stockOuts: number;
  readonly stockValue: number | null;
  readonly daysOfSupply: number | null;
  readonly excessValue: number | null;
  readonly holdingCostPerDay: number | null;
  readonly holdingCostPerYear: number | null;
  readonly unitsAtRisk: number | null;
  readonly valueAtRisk: number | null;
  readonly unknown: { readonly onHand: number; readonly cost: number; readonly demand: number };
  readonly oldestAsOf: string | null;
}

export interface WaitingProduct {
  readonly storeId: string;
  readonly productId: string;
  readonly name: string | null;
  readonly onHand: number;
  readonly demandPerDay: number | null;
  readonly daysOfSupply: number | null;
  readonly excessUnits: number | null;
  readonly stockValue: number | null;
  readonly holdingCostPerYear: number | null;
  readonly unknown: readonly ('cost' | 'demand')[];
}

export interface InventoryAnswer {
  readonly from: string;
  readonly to: string;
  readonly currency: string | null;
  readonly holdingRatePerYear: number;
  readonly now: {
    readonly total: StockTotals;
    readonly stores: readonly (StockTotals & { readonly storeId: string })[];
    readonly products: readonly WaitingProduct[];
  };
  readonly rows: readonly InventoryRow[];
  readonly total: InventoryRow;
  readonly previous: InventoryRow;
  readonly otherCurrencies: readonly string[];
  readonly otherCalendarDays: number;
}

export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface Increments {
  readonly marginPer100Baskets: Interval | null;
  readonly revenuePer100Baskets: Interval | null;
  readonly itemsPer100Baskets: Interval | null;
  readonly holdingSavedPer100Baskets: Interval | null;
  readonly incrementalShare: Interval | null;
}

/** Ways to split the baskets into parts; `whole` means no split. */
export const UPLIFT_VIEWS = ['whole', 'store', 'channel', 'customer', 'category'] as const;
export type UpliftView = (typeof UPLIFT_VIEWS)[number];

export interface UpliftFigures {
  readonly baskets: { readonly treatment: number; readonly holdout: number };
  readonly trusted: boolean;
  readonly currency: string | null;
  readonly upsellMarginPer100Baskets: number | null;
  readonly anytime: Increments;
  readonly notes: readonly string[];
  readonly noteCodes: readonly string[];
}

export interface UpliftPart extends UpliftFigures {
  readonly part: string | null;
  readonly anytimeQ: number | null;
}

/** Figures per 100 customers, if whole customers are held out. The intervals are valid for a single look. */
export interface CustomerFigures {
  readonly customers: { readonly treatment: number; readonly holdout: number };
  readonly incremental: {
    readonly basketsPer100Customers: Interval | null;
    readonly marginPer100Customers: Interval | null;
    readonly revenuePer100Customers: Interval | null;
  };
}

export interface UpliftAnswer extends UpliftFigures {
  readonly customers?: CustomerFigures;
  readonly parts?: readonly UpliftPart[];
}

export interface CustomersAnswer {
  readonly to: string;
  readonly rules: SegmentRules;
  readonly rows: readonly CustomersRow[];
  readonly total: CustomersRow;
  /** null if there are too few customers. */
  readonly segments:
    | readonly {
        readonly segment: Segment;
        readonly customers: number;
        readonly money: readonly { readonly currency: string; readonly revenue: number }[] | null;
      }[]
    | null;
}

interface CustomersRow {
  readonly period?: string;
  readonly customers: number;
  readonly figures: CustomersFigures | null;
}

export interface CustomersFigures {
  readonly newCustomers: number;
  readonly existingCustomers: number;
  readonly repeatShare: number;
  readonly gainedBack: number;
  readonly daysBetweenVisits: {
    readonly lowerQuartile: number;
    readonly median: number;
    readonly upperQuartile: number;
  } | null;
  readonly money: readonly {
    readonly currency: string;
    readonly newRevenue: number | null;
    readonly existingRevenue: number | null;
  }[];
}

export interface ContestsAnswer {
  readonly contests: readonly ContestSummary[];
}

export interface ContestSummary {
  readonly id: string;
  readonly name: string;
  readonly state: 'open' | 'settled';
  readonly rules: { readonly from: string; readonly to: string };
}

export interface StandingsAnswer {
  readonly metric: string;
  readonly currency: string;
  readonly state: 'open' | 'settled';
  readonly hash?: string;
  readonly rules: readonly string[];
  readonly standings: readonly {
    readonly teamId: string;
    readonly rank: number | null;
    readonly score: number | null;
    readonly transactions: number;
  }[];
  readonly leftOut: { readonly ownBaskets: number; readonly returned: number; readonly merged: number };
  readonly reward: {
    readonly wish: { readonly text: string; readonly cost: number } | null;
    readonly ballots: number;
  };
}

export interface PayAnswer {
  readonly state: 'open' | 'closed';
  readonly hash?: string;
  readonly statements: readonly PayStatement[];
}

export interface PayStatement {
  readonly agentId: string;
  readonly storeId: string | null;
  readonly currency: string;
  readonly pay: number;
  /** Sums by kind of entry, for the kinds that occur. */
  readonly sums: Readonly<Partial<Record<PayKind, number>>>;
  readonly entryCount: number;
  /** Present if they were requested. */
  readonly entries?: readonly PayEntry[];
}

export interface PayEntry {
  readonly key: string;
  readonly kind: PayKind;
  readonly amount: number;
  readonly about: string;
  readonly upsell?: { readonly basketId: string; readonly productId: string; readonly percent: number };
}

export const PAY_KINDS = [
  'base',
  'up-sell',
  'claw-back',
  'tier',
  'cap',
  'pooled',
  'team',
  'correction',
] as const;
export type PayKind = (typeof PAY_KINDS)[number];

export interface PlansAnswer {
  readonly timeZone: string;
  readonly dayEnds: number;
}
