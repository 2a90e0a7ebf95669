import { fixedInterval, type Interval } from '../ledger/confidence.ts';
import { fromMinorUnits } from '../ledger/money.ts';
import type { Trade } from './simulate-trade.ts';

/** Figures of one simulated run; money in major units. */
export interface RunFigures {
  /** Net of refunds. */
  readonly margin: number;
  readonly holdingCost: number;
  readonly writeOffs: number;
  /** margin − holding cost − write-offs */
  readonly profit: number;
  /** Mean stock at cost divided by the cost of goods sold per day. */
  readonly stockDays: number;
  /** Share of products that are out of stock in the evening. */
  readonly emptyShare: number;
  /** Pieces that customers wanted but that were not in stock. */
  readonly missing: number;
  readonly accepted: number;
  readonly offered: number;
  readonly customersLost: number;
}

export const FRONTIER_FIGURES = [
  'profit',
  'margin',
  'holdingCost',
  'writeOffs',
  'stockDays',
  'emptyShare',
  'missing',
  'accepted',
  'offered',
  'customersLost',
] as const satisfies readonly (keyof RunFigures)[];

/** One strategy over all seeds: means, and differences from two other strategies with the same seeds, with 95 % intervals over seeds. */
export interface FrontierRow {
  readonly strategy: string;
  readonly runs: readonly RunFigures[];
  readonly mean: RunFigures;
  readonly overFirst: Readonly<Record<keyof RunFigures, Interval>> | null;
  readonly overNoOffers: Readonly<Record<keyof RunFigures, Interval>> | null;
}

export const NO_OFFERS = 'no offers';

/** The row that the others are compared with: the first strategy that makes offers. */
export function firstStrategy(rows: readonly FrontierRow[]): FrontierRow {
  return rows.find(({ strategy }) => strategy !== NO_OFFERS)!;
}

export function figuresOf(
  { truth, stock }: Trade,
  { currency, days, holdingRate }: { currency: string; days: number; holdingRate: number },
): RunFigures {
  const major = (minor: number) => fromMinorUnits(minor, currency);
  const margin = major(truth.sold.marginMinor);
  const holdingCost = (major(stock.costDaysMinor) * holdingRate) / 365;
  const writeOffs = major(stock.writtenOffMinor);
  const { accepted, declined } = truth.offers;
  return {
    margin,
    holdingCost,
    writeOffs,
    profit: margin - holdingCost - writeOffs,
    stockDays: stock.costDaysMinor / days / (stock.soldCostMinor / days),
    emptyShare: stock.emptyDays / stock.productDays,
    missing: stock.missing,
    accepted,
    offered: accepted + declined,
    customersLost: truth.customersLost,
  };
}

/**
 * Compares strategies that met the same shoppers with the same random draws. Differences are paired by seed, so they do not contain
 * the variation between seeds. The intervals are Student's t over seeds.
 *
 * @param runs strategy → figures by seed, in the same order for every strategy; the first one that makes offers is the baseline
 */
export function compareStrategies(runs: ReadonlyMap<string, readonly RunFigures[]>): FrontierRow[] {
  const first = [...runs.keys()].find((name) => name !== NO_OFFERS);
  return [...runs].map(([strategy, own]) => ({
    strategy,
    runs: own,
    mean: meanOf(own),
    overFirst:
      strategy === first ? null : differences(own, first === undefined ? undefined : runs.get(first)),
    overNoOffers: strategy === NO_OFFERS ? null : differences(own, runs.get(NO_OFFERS)),
  }));
}

function meanOf(runs: readonly RunFigures[]): RunFigures {
  const entries = FRONTIER_FIGURES.map((name) => [name, mean(runs.map((run) => run[name]))] as const);
  return Object.fromEntries(entries) as unknown as RunFigures;
}

function differences(own: readonly RunFigures[], others: readonly RunFigures[] | undefined) {
  if (!others) return null;
  const entries = FRONTIER_FIGURES.map((name) => {
    const gaps = own.map((run, at) => run[name] - others[at]![name]);
    return [name, pairedInterval(gaps)] as const;
  });
  return Object.fromEntries(entries) as unknown as Record<keyof RunFigures, Interval>;
}

function pairedInterval(gaps: readonly number[]): Interval {
  const estimate = mean(gaps);
  const freedom = gaps.length - 1;
  const variance = gaps.reduce((sum, gap) => sum + (gap - estimate) ** 2, 0) / freedom;
  return fixedInterval({ estimate, standardError: Math.sqrt(variance / gaps.length), freedom });
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
