import type { Experiment } from './experiment.ts';
import { type CholeskyFactor, factorise, solve } from './least-squares.ts';
import { ROWS_AT_ONCE } from './slices.ts';

/** What a difference is computed from: rows with an arm, a cluster, covariates and metrics. */
export type Adjustable = Pick<
  Experiment,
  | 'count'
  | 'isTreated'
  | 'holdoutShare'
  | 'cluster'
  | 'clusterCount'
  | 'covariates'
  | 'covariateCount'
  | 'metrics'
> &
  Partial<Pick<Experiment, 'isDrawnForCustomer'>>;

/** What the regressions of all metrics share: at least half of the work. */
export interface AdjustmentDesign {
  readonly columns: Columns;
  /** By arm. */
  readonly arms: readonly [ArmDesign, ArmDesign];
  /** [count] What one unit of the basket's residual adds to the difference. */
  readonly pull: Float64Array;
  readonly clusters: number;
}

/** Cap on the leverage h: a basket that determines its own fit leaves almost no residual, and 1 / (1 − h) has no bound. */
const LEVERAGE_MAX = 0.9;

/** The design of the first baskets. */
export function* designOf(experiment: Adjustable, count: number): Generator<void, AdjustmentDesign> {
  const columns = yield* standardise(experiment, count);
  const { size, mean } = columns;
  const row = emptyRow(size);
  const matrices = [new Float64Array(size * size), new Float64Array(size * size)] as const;
  for (let at = 0; at < count; at++) {
    fillRow(experiment, columns, at, row);
    addSquares(matrices[experiment.isTreated[at]!]!, size, row, weightOf(experiment, at));
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
  }
  const arms = [armDesign(matrices[0], mean), armDesign(matrices[1], mean)] as const;
  const pull = new Float64Array(count);
  for (let at = 0; at < count; at++) {
    fillRow(experiment, columns, at, row);
    const isTreated = experiment.isTreated[at]!;
    pull[at] = pullOf(arms[isTreated]!, row, weightOf(experiment, at)) * (isTreated ? 1 : -1);
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) yield;
  }
  return { columns, arms, pull, clusters: countClusters(experiment, count) };
}

/** How covariates become the regression's columns; the first column is all 1. */
interface Columns {
  readonly size: number;
  /** Subtracted from a covariate: its mean, or 0 where at least half of the rows are 0, so that they stay 0. */
  readonly center: Float64Array;
  /** 1 / standard deviation; 0 for a covariate that does not vary. */
  readonly scale: Float64Array;
  /** Mean of each column over both arms. */
  readonly mean: Float64Array;
}

function* standardise({ covariates, covariateCount }: Adjustable, count: number): Generator<void, Columns> {
  const size = covariateCount + 1;
  const mean = new Float64Array(size);
  const rows = new Float64Array(size);
  for (let at = 0; at < count; at++) {
    for (let j = 1; j < size; j++) {
      const value = covariates[at * covariateCount + j - 1]!;
      mean[j]! += value / count;
      rows[j]! += Number(value !== 0);
    }
    if (at % (10 * ROWS_AT_ONCE) === 0) yield;
  }
  const scale = new Float64Array(size);
  for (let at = 0; at < count; at++) {
    for (let j = 1; j < size; j++) {
      scale[j]! += (covariates[at * covariateCount + j - 1]! - mean[j]!) ** 2 / count;
    }
    if (at % (10 * ROWS_AT_ONCE) === 0) yield;
  }
  const center = mean.map((value, j) => (rows[j]! > count / 2 ? value : 0));
  for (let j = 1; j < size; j++) scale[j] = scale[j]! > 0 ? 1 / Math.sqrt(scale[j]!) : 0;
  return {
    size,
    center,
    scale,
    mean: mean.map((value, j) => (j === 0 ? 1 : (value - center[j]!) * scale[j]!)),
  };
}

/** A row of the regression's matrix without its zeros: a basket has only one store and one channel. */
export interface SparseRow {
  readonly column: Int32Array;
  readonly value: Float64Array;
  count: number;
}

/** A row that holds only the first column. */
export function emptyRow(size: number): SparseRow {
  return { column: new Int32Array(size), value: new Float64Array(size).fill(1, 0, 1), count: 1 };
}

export function fillRow(
  { covariates, covariateCount }: Adjustable,
  { center, scale }: Columns,
  at: number,
  row: SparseRow,
): void {
  const start = at * covariateCount - 1;
  let count = 1;
  for (let j = 1; j <= covariateCount; j++) {
    const value = (covariates[start + j]! - center[j]!) * scale[j]!;
    row.column[count] = j;
    row.value[count] = value;
    count += Number(value !== 0);
  }
  row.count = count;
}

/** Adds a row to the lower triangle of ZᵀWZ. */
function addSquares(
  matrix: Float64Array,
  size: number,
  { column, value, count }: SparseRow,
  weight: number,
): void {
  for (let i = 0; i < count; i++) {
    const weighted = weight * value[i]!;
    const start = column[i]! * size;
    for (let j = 0; j <= i; j++) matrix[start + column[j]!]! += weighted * value[j]!;
  }
}

interface ArmDesign {
  readonly factor: CholeskyFactor;
  /** [size × size] (ZᵀWZ)⁻¹; zero in the rows and columns of covariates that repeat others */
  readonly inverse: Float64Array;
  /** [size] x̄ᵀ(ZᵀWZ)⁻¹ */
  readonly atMean: Float64Array;
}

function armDesign(matrix: Float64Array, mean: Float64Array): ArmDesign {
  const size = mean.length;
  const factor = factorise(matrix, size);
  const inverse = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    const unit = new Float64Array(size);
    unit[j] = 1;
    inverse.set(solve(factor, unit), j * size);
  }
  return { factor, inverse, atMean: solve(factor, Float64Array.from(mean)) };
}

/** What one unit of this basket's residual adds to its arm's value at the mean. */
function pullOf({ inverse, atMean }: ArmDesign, row: SparseRow, weight: number): number {
  const leverage = weight * quadraticForm(inverse, atMean.length, row);
  return (weight * dotRow(atMean, row)) / (1 - Math.min(LEVERAGE_MAX, leverage));
}

/** zᵀ·matrix·z of a symmetric matrix. */
function quadraticForm(matrix: Float64Array, size: number, { column, value, count }: SparseRow): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const start = column[i]! * size;
    let part = (value[i]! * matrix[start + column[i]!]!) / 2;
    for (let j = 0; j < i; j++) part += value[j]! * matrix[start + column[j]!]!;
    sum += value[i]! * part;
  }
  return 2 * sum;
}

/** 1 / P(its arm). */
export function weightOf({ isTreated, holdoutShare }: Adjustable, at: number): number {
  return 1 / (isTreated[at] ? 1 - holdoutShare[at]! : holdoutShare[at]!);
}

/** Number of clusters in the first rows. */
export function countClusters(
  { cluster, clusterCount }: Pick<Adjustable, 'cluster' | 'clusterCount'>,
  count: number,
): number {
  const isSeen = new Uint8Array(clusterCount);
  let seen = 0;
  for (let at = 0; at < count; at++) {
    if (isSeen[cluster[at]!]) continue;
    isSeen[cluster[at]!] = 1;
    seen++;
  }
  return seen;
}

export function dotRow(vector: Float64Array, { column, value, count }: SparseRow): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += vector[column[i]!]! * value[i]!;
  return sum;
}
