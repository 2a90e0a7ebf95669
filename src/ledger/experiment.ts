import type { BasketOutcome, FirstDecision } from './basket-outcome.ts';
import { type BusinessCalendar, businessDay, wallHour } from './business-calendar.ts';
import type { ReportSelection } from './sales-report.ts';

/** The metrics whose increase is measured, per basket; money in minor units of the experiment's one currency. */
export const METRICS = ['margin', 'revenue', 'items'] as const;

/** Baskets of the experiment as columns, in the order they were added. */
export interface Experiment {
  readonly count: number;
  /** [count] 1 for treatment, 0 for holdout */
  readonly isTreated: Uint8Array;
  /** [count] chance of `holdout` that the basket had */
  readonly holdoutShare: Float64Array;
  /** [count] number of the customer, or of the basket alone where the customer is not known */
  readonly cluster: Int32Array;
  readonly clusterCount: number;
  readonly covariateCount: number;
  /** [count × covariateCount] what was known before the first offer, row by row */
  readonly covariates: Float32Array;
  /** [METRICS][count] */
  readonly metrics: readonly Float64Array[];
  /** Currencies of the receipts; with more than one, money cannot be compared. */
  readonly currencies: readonly string[];
  /** Share of the revenue whose cost is known; 0 without revenue. */
  readonly costKnownShare: number;
}

/** Stores or channels that get a covariate of their own, those with the most baskets first. */
const LEVELS_MAX = 10;
/** Baskets of either arm that such a store or channel needs. */
const LEVEL_BASKETS_MIN = 20;
const PLAIN_COVARIATES = 4;
/** Baskets written between two yields: about a millisecond. */
const SLICE = 2000;

/**
 * Collects the baskets of the experiment: decided on with an offer in view and a chance of either arm, by the business
 * day, store, channel and agent of their **first decision**, because what came after may be an effect of the offer. A basket
 * that was never paid counts with zero; one that was sold without a decision is not in it.
 *
 * Covariates: basket value and lines at the first decision, the whole hour as sine and cosine, stores and channels with enough
 * baskets.
 */
export class ExperimentBuilder {
  readonly #selection: ReportSelection;
  readonly #calendar: BusinessCalendar;
  readonly #baskets: ExperimentBasket[] = [];
  readonly #stores = new Map<string, [holdout: number, treatment: number]>();
  readonly #channels = new Map<string, [holdout: number, treatment: number]>();
  readonly #clusters = new Map<string, number>();
  readonly #currencies = new Set<string>();
  #clusterCount = 0;
  #revenueMinor = 0;
  #costedRevenueMinor = 0;

  constructor(selection: ReportSelection, calendar: BusinessCalendar) {
    this.#selection = selection;
    this.#calendar = calendar;
  }

  add(outcome: BasketOutcome): void {
    const { decided, customer } = outcome;
    if (!decided || !(decided.holdoutShare > 0 && decided.holdoutShare < 1)) return;
    if (!isDecidedIn(this.#selection, this.#calendar, decided)) return;
    countLevel(this.#stores, decided.storeId, decided.arm);
    countLevel(this.#channels, decided.channel, decided.arm);
    const values = [0, 0, outcome.items] as [number, number, number];
    for (const { currency, revenueMinor, costedRevenueMinor, costMinor } of outcome.money) {
      this.#currencies.add(currency);
      this.#revenueMinor += revenueMinor;
      this.#costedRevenueMinor += costedRevenueMinor;
      values[0] += costedRevenueMinor - costMinor;
      values[1] += revenueMinor;
    }
    const hour = Math.floor(wallHour(this.#calendar, decided.atMs));
    this.#baskets.push({ decided, hour, values, cluster: this.#clusterOf(customer) });
  }

  /** The columns; yields now and then so that the caller can let others run. */
  *build(): Generator<void, Experiment> {
    const stores = levelsOf(this.#stores);
    const channels = levelsOf(this.#channels);
    const count = this.#baskets.length;
    const covariateCount = PLAIN_COVARIATES + stores.size + channels.size;
    const experiment = {
      count,
      isTreated: new Uint8Array(count),
      holdoutShare: new Float64Array(count),
      cluster: new Int32Array(count),
      clusterCount: this.#clusterCount,
      covariateCount,
      covariates: new Float32Array(count * covariateCount),
      metrics: METRICS.map(() => new Float64Array(count)),
      currencies: [...this.#currencies].sort(),
      costKnownShare: this.#revenueMinor > 0 ? this.#costedRevenueMinor / this.#revenueMinor : 0,
    };
    for (const [at, { decided, hour, values, cluster }] of this.#baskets.entries()) {
      if (at % SLICE === SLICE - 1) yield;
      experiment.isTreated[at] = decided.arm === 'treatment' ? 1 : 0;
      experiment.holdoutShare[at] = decided.holdoutShare;
      experiment.cluster[at] = cluster;
      values.forEach((value, metric) => {
        experiment.metrics[metric]![at] = value;
      });
      const turn = (hour / 24) * 2 * Math.PI;
      const start = at * covariateCount;
      experiment.covariates.set([decided.basketValue, decided.lines, Math.sin(turn), Math.cos(turn)], start);
      const store = stores.get(decided.storeId ?? '');
      if (store !== undefined) experiment.covariates[start + PLAIN_COVARIATES + store] = 1;
      const channel = channels.get(decided.channel ?? '');
      if (channel !== undefined) experiment.covariates[start + PLAIN_COVARIATES + stores.size + channel] = 1;
    }
    return experiment;
  }

  #clusterOf(customer: string | undefined): number {
    const known = customer === undefined ? undefined : this.#clusters.get(customer);
    if (known !== undefined) return known;
    if (customer !== undefined) this.#clusters.set(customer, this.#clusterCount);
    return this.#clusterCount++;
  }
}

/** Whether a decision belongs to a part of the trade, by its own business day, store, channel and agent. */
export function isDecidedIn(
  { fromDay, toDay, storeId, agentId, channel }: ReportSelection,
  calendar: BusinessCalendar,
  decided: Pick<FirstDecision, 'atMs'> & Partial<Pick<FirstDecision, 'storeId' | 'agentId' | 'channel'>>,
): boolean {
  if (storeId !== undefined && decided.storeId !== storeId) return false;
  if (agentId !== undefined && decided.agentId !== agentId) return false;
  if (channel !== undefined && decided.channel !== channel) return false;
  const day = businessDay(calendar, decided.atMs);
  return day >= fromDay && day <= toDay;
}

interface ExperimentBasket {
  readonly decided: FirstDecision;
  readonly hour: number;
  readonly values: readonly [margin: number, revenue: number, items: number];
  readonly cluster: number;
}

function countLevel(
  levels: Map<string, [number, number]>,
  level: string | undefined,
  arm: FirstDecision['arm'],
): void {
  if (level === undefined) return;
  const counts = levels.get(level) ?? [0, 0];
  counts[arm === 'treatment' ? 1 : 0]++;
  levels.set(level, counts);
}

/** Levels with enough baskets, the most frequent first, by their place among the covariates. */
function levelsOf(levels: ReadonlyMap<string, readonly [number, number]>): Map<string, number> {
  const frequent = [...levels].filter(([, counts]) => Math.min(...counts) >= LEVEL_BASKETS_MIN);
  frequent.sort(([a, [a0, a1]], [b, [b0, b1]]) => b0 + b1 - a0 - a1 || (a < b ? -1 : 1));
  return new Map(frequent.slice(0, LEVELS_MAX).map(([level], place) => [level, place]));
}
