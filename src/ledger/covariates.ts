import type { Place } from './basket-place.ts';
import { type BusinessCalendar, wallHour } from './business-calendar.ts';
import type { Experiment } from './experiment.ts';
import { frequentLevels } from './frequent-levels.ts';
import { SLICE_ROWS } from './slices.ts';

/** What was known of baskets, or of customers, before the first offer to them: columns of equal length. */
export interface KnownBefore {
  readonly isTreated: ArrayLike<number>;
  readonly atMs: ArrayLike<number>;
  /** Code of the place of the first decision. */
  readonly place: ArrayLike<number>;
  /** At the first decision. */
  readonly basketValue: ArrayLike<number>;
  readonly lines: ArrayLike<number>;
  /** More columns, which come last. */
  readonly further?: readonly ArrayLike<number>[];
}

/** Covariates of every row, before those of stores and channels: value, lines, and the hour as sine and cosine. */
export const PLAIN_COVARIATES = 4;

/**
 * Basket value and lines at the first decision, the whole hour as sine and cosine, stores and channels with enough rows of either arm.
 *
 * @param order which rows to take, in which order
 * @param places by their codes
 */
export function* covariatesOf(
  known: KnownBefore,
  order: Uint32Array,
  places: readonly Place[],
  calendar: BusinessCalendar,
): Generator<void, Pick<Experiment, 'covariateCount' | 'covariates'>> {
  const stores = frequentLevels(known, order, places, 'storeId');
  const channels = frequentLevels(known, order, places, 'channel');
  const { further = [] } = known;
  const levelCount = stores.size + channels.size;
  const covariateCount = PLAIN_COVARIATES + levelCount + further.length;
  const covariates = new Float32Array(order.length * covariateCount);
  for (const [at, row] of order.entries()) {
    if (at % SLICE_ROWS === SLICE_ROWS - 1) yield;
    const start = at * covariateCount;
    const turn = (Math.floor(wallHour(calendar, known.atMs[row]!)) / 24) * 2 * Math.PI;
    covariates[start] = known.basketValue[row]!;
    covariates[start + 1] = known.lines[row]!;
    covariates[start + 2] = Math.sin(turn);
    covariates[start + 3] = Math.cos(turn);
    const { storeId, channel } = places[known.place[row]!]!;
    const store = stores.get(storeId ?? '');
    if (store !== undefined) covariates[start + PLAIN_COVARIATES + store] = 1;
    const level = channels.get(channel ?? '');
    if (level !== undefined) covariates[start + PLAIN_COVARIATES + stores.size + level] = 1;
    for (const [i, column] of further.entries())
      covariates[start + PLAIN_COVARIATES + levelCount + i] = column[row]!;
  }
  return { covariateCount, covariates };
}

/**
 * Gives some rows what the others have on average, which adjusts nothing for them. A customer who was drawn comes as often as offers
 * have it: what is known of such baskets, weighed by how many there are, is no longer what was known before the first offer.
 *
 * @param isLeftOut [rows] 1 for those
 */
export function levelCovariates(
  { covariateCount, covariates }: Pick<Experiment, 'covariateCount' | 'covariates'>,
  isLeftOut: Uint8Array,
): void {
  const sums = new Float64Array(covariateCount);
  let others = 0;
  for (let row = 0; row < isLeftOut.length; row++) {
    if (isLeftOut[row] === 1) continue;
    others++;
    for (let j = 0; j < covariateCount; j++) sums[j]! += covariates[row * covariateCount + j]!;
  }
  const means = sums.map((sum) => sum / Math.max(1, others));
  for (let row = 0; row < isLeftOut.length; row++)
    if (isLeftOut[row] === 1) covariates.set(means, row * covariateCount);
}
