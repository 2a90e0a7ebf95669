import { type Interval, NORMAL_POINT } from './confidence.ts';

/** One figure of one period. */
export interface TrendPoint {
  readonly period: string;
  readonly value: number;
}

/** How a figure changes from period to period, and which periods are unusual. */
export interface Trend {
  /** Number of whole periods used, the newest ones. */
  readonly periods: number;
  /** Change from one period to the next. */
  readonly perPeriod: Interval;
  readonly unusual: readonly UnusualPeriod[];
}

export interface UnusualPeriod extends TrendPoint {
  /** By the trend and, for days, by the weekday. */
  readonly expected: number;
}

/** Fewer show no trend. */
const PERIODS_MIN = 8;
/** All pairs of this many are compared in a few milliseconds. */
const PERIODS_MAX = 366;
/** From this many days on, each weekday occurs three times. */
const WEEKDAYS_FROM = 21;
const DAYS_OF_WEEK = 7;
/** A period is unusual if |z| is above this. */
const UNUSUAL_FROM = 3.5;
/** Rounding, as a share of the largest value. */
const ROUNDING = 1e-9;

/**
 * Slope by Theil and Sen, the median of the slopes of all pairs, with its 95 % interval from the variance of Kendall's S
 * (P. K. Sen 1968, "Estimates of the regression coefficient based on Kendall's tau", JASA 63): neither bends for a few odd
 * days. It assumes independent errors; where whole weeks are good or bad, the interval is too narrow.
 * A period is unusual above a modified z-score of 3.5 (B. Iglewicz, D. Hoaglin 1993, "How to detect and handle outliers").
 *
 * @param points one for every period in order of time, quiet ones included
 * @param isDaily whether periods are days: from 21 of them on, the median of each weekday is subtracted first
 * @returns null below eight periods, and where all values are 0
 */
export function trendOf(points: readonly TrendPoint[], isDaily: boolean): Trend | null {
  const used = points.slice(-PERIODS_MAX);
  const n = used.length;
  const values = used.map(({ value }) => value);
  if (n < PERIODS_MIN || values.every((value) => value === 0)) return null;
  const season = isDaily && n >= WEEKDAYS_FROM ? weekdayEffects(values) : [0];
  const level = values.map((value, at) => value - season[at % season.length]!);
  const perPeriod = theilSen(level);
  const intercept = median(level.map((value, at) => value - perPeriod.estimate * at));
  const expected = values.map((_, at) => intercept + perPeriod.estimate * at + season[at % season.length]!);
  const noise = ROUNDING * Math.max(...values.map(Math.abs));
  const scores = modifiedScores(
    values.map((value, at) => value - expected[at]!),
    noise,
  );
  const unusual = used.flatMap((point, at) =>
    Math.abs(scores[at]!) > UNUSUAL_FROM ? { ...point, expected: expected[at]! } : [],
  );
  return { periods: n, perPeriod, unusual };
}

/** [weekdays from the first day on] median of the weekday minus the median of all. */
function weekdayEffects(values: readonly number[]): number[] {
  const all = median(values);
  return Array.from(
    { length: DAYS_OF_WEEK },
    (_, weekday) => median(values.filter((_, at) => at % DAYS_OF_WEEK === weekday)) - all,
  );
}

function theilSen(values: readonly number[]): Interval {
  const n = values.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let count = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) slopes[count++] = (values[j]! - values[i]!) / (j - i);
  }
  slopes.sort();
  const spread = NORMAL_POINT * Math.sqrt(kendallVariance(values));
  const at = (rank: number) => slopes[Math.min(count - 1, Math.max(0, rank))]!;
  return {
    estimate: medianOfSorted(slopes),
    low: at(Math.floor((count - spread) / 2) - 1),
    high: at(Math.ceil((count + spread) / 2)),
  };
}

/** Variance of Kendall's S without a trend, corrected for ties. */
function kendallVariance(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const term = (n: number) => n * (n - 1) * (2 * n + 5);
  const ties = [...counts.values()].reduce((sum, count) => sum + term(count), 0);
  return (term(values.length) - ties) / 18;
}

/** 0.6745 · error / median |error|, or by the mean |error| where that median is 0. Errors up to `noise` are rounding and count as 0. */
function modifiedScores(errors: readonly number[], noise: number): number[] {
  const sizes = errors.map((error) => (Math.abs(error) > noise ? Math.abs(error) : 0));
  const middle = median(sizes);
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  const scale = middle > 0 ? middle / 0.6745 : mean * 1.253314;
  return errors.map((error, at) => (sizes[at]! > 0 ? error / scale : 0));
}

function median(values: readonly number[]): number {
  return medianOfSorted(Float64Array.from(values).sort());
}

function medianOfSorted(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
