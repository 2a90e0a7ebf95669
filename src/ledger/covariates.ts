import type { Place } from './basket-place.ts';
import { type BusinessCalendar, wallHour } from './business-calendar.ts';
import type { Experiment } from './experiment.ts';
import { COLUMN_BASKETS_MIN, frequentLevels } from './frequent-levels.ts';
import { ROWS_AT_ONCE } from './slices.ts';

/** What was known of baskets, or of customers, before the first offer to them: columns of equal length. */
export interface KnownBefore {
  readonly isTreated: ArrayLike<number>;
  readonly atMs: ArrayLike<number>;
  /** Code of the place of the first decision. */
  readonly place: ArrayLike<number>;
  /** At the first decision. */
  readonly basketValue: ArrayLike<number>;
  readonly lines: ArrayLike<number>;
  /** More columns, which come last; a column that is non-zero in few rows of an arm stays empty. */
  readonly further?: readonly ArrayLike<number>[];
}

/** Covariates of every row, before those of stores and channels: value, lines, and the hour as sine and cosine. */
export const PLAIN_COVARIATES = 4;

/**
 * Basket value and lines at the first decision, the whole hour as sine and cosine, stores and channels with enough rows of each arm.
 *
 * @param order which rows to take, in which order
 * @param places by their codes
 * @param counted rows that decide which stores and channels have enough; by default all that are taken
 */
export function* covariatesOf(
  known: KnownBefore,
  order: Uint32Array,
  places: readonly Place[],
  calendar: BusinessCalendar,
  counted = order,
): Generator<void, Pick<Experiment, 'covariateCount' | 'covariates'>> {
  const stores = frequentLevels(known, counted, places, 'storeId');
  const channels = frequentLevels(known, counted, places, 'channel');
  const { further = [] } = known;
  const levelCount = stores.size + channels.size;
  const covariateCount = PLAIN_COVARIATES + levelCount + further.length;
  const covariates = new Float32Array(order.length * covariateCount);
  for (const [at, row] of order.entries()) {
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
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
  const made = { covariateCount, covariates };
  const isCounted = new Uint8Array(known.atMs.length);
  for (const row of counted) isCounted[row] = 1;
  const armOf = (at: number) => (isCounted[order[at]!] ? (known.isTreated[order[at]!] as 0 | 1) : undefined);
  yield* dropRareColumns(made, armOf);
  return made;
}

/**
 * Empties each column after the plain ones that is non-zero in few rows of an arm, or, if it says yes or no, zero in few (but some): such
 * rows would fit themselves.
 *
 * @param armOf undefined for rows that do not count
 */
export function* dropRareColumns(
  { covariateCount, covariates }: Pick<Experiment, 'covariateCount' | 'covariates'>,
  armOf: (row: number) => 0 | 1 | undefined,
): Generator<void, void> {
  const rows = covariates.length / covariateCount;
  const columns = Array.from(
    { length: covariateCount },
    (): ColumnCounts => ({ having: [0, 0], without: [0, 0], isYesOrNo: true }),
  );
  for (let row = 0; row < rows; row++) {
    if (row % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
    const arm = armOf(row);
    if (arm === undefined) continue;
    for (let j = PLAIN_COVARIATES; j < covariateCount; j++) {
      const value = covariates[row * covariateCount + j]!;
      const column = columns[j]!;
      (value === 0 ? column.without : column.having)[arm]++;
      if (value !== 0 && value !== 1) column.isYesOrNo = false;
    }
  }
  const rare = [...columns.keys()].filter((j) => j >= PLAIN_COVARIATES && isRare(columns[j]!));
  for (let row = 0; row < rows; row++) {
    if (row % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
    for (const j of rare) covariates[row * covariateCount + j] = 0;
  }
}

/** Rows of each arm by whether a column is non-zero in them. */
interface ColumnCounts {
  readonly having: [number, number];
  readonly without: [number, number];
  isYesOrNo: boolean;
}

function isRare({ having, without, isYesOrNo }: ColumnCounts): boolean {
  const isFew = (counts: readonly [number, number]) => Math.min(...counts) < COLUMN_BASKETS_MIN;
  const isAll = without[0] + without[1] === 0;
  return isFew(having) || (isYesOrNo && !isAll && isFew(without));
}

/**
 * Largest squared distance of the overall mean from an arm's mean, as a share of the column's variance in the arm, for a column to be kept.
 */
const OFFSET_MAX = 0.1;

/**
 * Sets some rows to the mean of the others, so that nothing is adjusted for them. How often a drawn customer comes may be an effect of
 * offers. So what is known of such baskets, weighted by their number, is no longer what was known before the first offer. A column that
 * hardly varies in one of the arms would tell those rows from the others, so it is emptied. Yields between slices.
 *
 * @param isLeftOut [rows] 1 for the rows that are set
 */
export function* levelCovariates(
  { covariateCount, covariates }: Pick<Experiment, 'covariateCount' | 'covariates'>,
  isTreated: Uint8Array,
  isLeftOut: Uint8Array,
): Generator<void, void> {
  const arms = [0, 1].map(() => ({
    count: 0,
    sums: new Float64Array(covariateCount),
    squares: new Float64Array(covariateCount),
  })) as [ArmSums, ArmSums];
  for (let row = 0; row < isLeftOut.length; row++) {
    if (row % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
    if (isLeftOut[row] === 1) continue;
    const arm = arms[isTreated[row] as 0 | 1];
    arm.count++;
    for (let j = 0; j < covariateCount; j++) {
      const value = covariates[row * covariateCount + j]!;
      arm.sums[j]! += value;
      arm.squares[j]! += value ** 2;
    }
  }
  const means = arms[0].sums.map((sum, j) => (sum + arms[1].sums[j]!) / (arms[0].count + arms[1].count));
  const isKept = means.map((mean, j) => Number(arms.every((arm) => isNear(arm, j, mean))));
  for (let row = 0; row < isLeftOut.length; row++) {
    if (row % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
    const start = row * covariateCount;
    if (isLeftOut[row] === 1) covariates.set(means, start);
    for (let j = 0; j < covariateCount; j++) if (isKept[j] === 0) covariates[start + j] = 0;
  }
}

interface ArmSums {
  count: number;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/** Whether a value lies near an arm's mean of a column; false for an arm without rows. */
function isNear({ count, sums, squares }: ArmSums, column: number, value: number): boolean {
  const mean = sums[column]! / count;
  const variance = squares[column]! / count - mean ** 2;
  return (value - mean) ** 2 <= OFFSET_MAX * variance;
}
