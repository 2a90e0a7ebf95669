import type { Interval } from '../ledger/confidence.ts';
import { currencyDigits, fromMinorUnits, toMinorUnits } from '../ledger/money.ts';
import type { SalesReport } from '../ledger/sales-report.ts';
import type { UpliftReport } from '../ledger/uplift-report.ts';
import type { ReportedDays, SellingGateway } from './selling-gateway.ts';
import { daysOf, type Trade, type TradeOptions } from './simulate-trade.ts';

/** One figure of the simulated trade and the sales report's value for it; money in major units. */
export interface ComparedSale {
  readonly figure: 'transactions' | 'items' | 'revenue' | 'refunded' | 'margin';
  readonly truth: number;
  readonly reported: number;
  /** Whether the two agree to the minor unit. */
  readonly isEqual: boolean;
}

/** One increase per 100 baskets with offers, and the uplift report's interval for it. */
export interface ComparedIncrease {
  readonly figure: 'margin' | 'revenue' | 'items' | 'holdingSaved';
  readonly truth: number;
  /** null if the report gives no interval. */
  readonly reported: Interval | null;
  /** Whether the interval contains the truth; null if there is no interval. */
  readonly contains: boolean | null;
}

export interface ReportCheck {
  readonly currency: string;
  readonly sales: readonly ComparedSale[];
  readonly increases: readonly ComparedIncrease[];
  readonly baskets: { readonly truth: number; readonly reported: number };
  readonly sampleRatioOk: boolean;
  readonly notes: readonly string[];
}

/** What is known about the gateway in which the trade took place. */
export interface TradedGateway {
  /** Days, by the gateway's clock, on which it made its decisions; by default the days of the trade. */
  readonly decided?: ReportedDays;
  /** The gateway's cost of holding one money unit of stock for a year; if omitted, the holding cost saved is not compared. */
  readonly holdingRate?: number;
}

/** Fetches the gateway's reports and compares them with the truth. */
export async function checkReports(
  gateway: Pick<SellingGateway, 'salesReport' | 'upliftReport'>,
  options: TradeOptions,
  trade: Trade,
  { decided = daysOf(options), holdingRate }: TradedGateway = {},
): Promise<ReportCheck> {
  const { catalogue, stores } = options;
  const { currency } = catalogue;
  const onlyStore = stores.length === 1 ? stores[0] : undefined;
  const sales = compareSales(trade, await gateway.salesReport(daysOf(options)), stores, currency);
  const uplift = await gateway.upliftReport(decided, onlyStore);
  const { treatment, holdout } = trade.truth.baskets;
  const reported = uplift.baskets.treatment + uplift.baskets.holdout;
  return {
    currency,
    sales,
    increases: compareIncreases(trade, uplift, { currency, holdingRate }),
    baskets: { truth: treatment + holdout, reported },
    sampleRatioOk: uplift.sampleRatio.ok,
    notes: [...notesOn(treatment + holdout, reported), ...uplift.notes],
  };
}

function compareSales(
  { truth }: Trade,
  { rows }: SalesReport,
  stores: readonly string[],
  currency: string,
): ComparedSale[] {
  const own = rows.filter(({ part }) => part != null && stores.includes(part));
  const counted = (count: (row: SalesReport['total']) => number) =>
    own.reduce((sum, row) => sum + count(row), 0);
  const money = (field: 'revenue' | 'refunded' | 'margin') =>
    counted((row) => {
      const amount = row.money.find((one) => one.currency === currency)?.[field] ?? 0;
      const minor = toMinorUnits(amount, currency);
      return typeof minor === 'number' ? minor : Number.NaN;
    });
  const { sold, transactions } = truth;
  const major = (minor: number) => fromMinorUnits(minor, currency);
  const row = (figure: ComparedSale['figure'], wanted: number, got: number, scale = (n: number) => n) => ({
    figure,
    truth: scale(wanted),
    reported: scale(got),
    isEqual: wanted === got,
  });
  return [
    row(
      'transactions',
      transactions,
      counted((one) => one.transactions),
    ),
    row(
      'items',
      sold.items,
      counted((one) => one.items),
    ),
    row('revenue', sold.revenueMinor, money('revenue'), major),
    row('refunded', sold.refundedMinor, money('refunded'), major),
    row('margin', sold.marginMinor, money('margin'), major),
  ];
}

function compareIncreases(
  { truth }: Trade,
  { incremental }: UpliftReport,
  { currency, holdingRate }: { currency: string; holdingRate: number | undefined },
): ComparedIncrease[] {
  const per100 = 100 / Math.max(1, truth.baskets.treatment);
  const money = per100 / 10 ** currencyDigits(currency);
  const row = (figure: ComparedIncrease['figure'], wanted: number, reported: Interval | null) => ({
    figure,
    truth: wanted,
    reported,
    contains: reported && reported.low <= wanted && wanted <= reported.high,
  });
  const rows = [
    row('margin', truth.effect.marginMinor * money, incremental.marginPer100Baskets),
    row('revenue', truth.effect.revenueMinor * money, incremental.revenuePer100Baskets),
    row('items', truth.effect.items * per100, incremental.itemsPer100Baskets),
  ];
  if (holdingRate === undefined) return rows;
  const saved = (truth.effect.excessCostDays * money * holdingRate) / 365;
  return [...rows, row('holdingSaved', saved, incremental.holdingSavedPer100Baskets)];
}

function notesOn(asked: number, reported: number): string[] {
  if (asked === reported) return [];
  const why =
    reported > asked
      ? 'the ledger holds others of these days, and the intervals are about all of them'
      : 'decisions that were not on disk when the gateway was killed are not in it';
  return [`The uplift report counts ${reported} baskets, ${asked} were asked about: ${why}.`];
}
