import type { Place } from './basket-place.ts';

/** Most stores, or channels, that get a covariate of their own; those with the most baskets get one. */
const LEVELS_MAX = 10;
/**
 * Least number of baskets in each arm that have what a column stands for, such as a store, and of those without it: fewer would fit
 * themselves.
 */
export const COLUMN_BASKETS_MIN = 20;

/** Place and arm of baskets. */
interface PlacedBaskets {
  readonly place: ArrayLike<number>;
  readonly isTreated: ArrayLike<number>;
}

/** The stores or channels with enough baskets in each arm, the most frequent first, with their positions among the covariates. */
export function frequentLevels(
  baskets: PlacedBaskets,
  rows: Uint32Array,
  places: readonly Place[],
  field: 'storeId' | 'channel',
): Map<string, number> {
  const levels = [...countLevels(baskets, rows, places, field)];
  const frequent = levels.filter(([, counts]) => Math.min(...counts) >= COLUMN_BASKETS_MIN);
  frequent.sort(([a, [a0, a1]], [b, [b0, b1]]) => b0 + b1 - a0 - a1 || (a < b ? -1 : 1));
  return new Map(frequent.slice(0, LEVELS_MAX).map(([level], place) => [level, place]));
}

function countLevels(
  { place, isTreated }: PlacedBaskets,
  rows: Uint32Array,
  places: readonly Place[],
  field: 'storeId' | 'channel',
): Map<string, [number, number]> {
  const byPlace = places.map((): [number, number] => [0, 0]);
  for (const row of rows) byPlace[place[row]!]![isTreated[row] as 0 | 1]++;
  const levels = new Map<string, [number, number]>();
  for (const [code, [holdout, treatment]] of byPlace.entries()) {
    const level = places[code]![field];
    if (level === undefined || holdout + treatment === 0) continue;
    const counts = levels.get(level) ?? [0, 0];
    levels.set(level, [counts[0] + holdout, counts[1] + treatment]);
  }
  return levels;
}
