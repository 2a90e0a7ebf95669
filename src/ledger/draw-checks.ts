import { adjustedEffects } from './adjusted-difference.ts';
import { fixedP } from './confidence.ts';
import type { CustomerExperiment } from './drawn-customers.ts';
import type { Experiment } from './experiment.ts';
import { type SampleRatio, testSampleRatio } from './sample-ratio.ts';
import { rowNumbers } from './slices.ts';

/** Covariates that are compared: value and lines of the basket at the first decision. */
const COMPARED = [0, 1];
/** Baskets copied between two yields: about a millisecond. */
const SLICE = 20_000;

/** What sides were drawn for, each once: baskets, and customers as their first baskets told of them. */
export interface DrawnUnits {
  readonly count: number;
  readonly isTreated: Uint8Array;
  readonly holdoutShare: Float64Array;
  readonly cluster: Int32Array;
  readonly clusterCount: number;
  /** [COMPARED][count] */
  readonly compared: readonly Float64Array[];
}

/** Yields between slices so that the caller can let others run. */
export function* drawnUnits(experiment: Experiment): Generator<void, DrawnUnits> {
  const { customers, isDrawnForCustomer } = experiment;
  const baskets = rowNumbers(experiment.count);
  if (!customers) return yield* unitsOf(experiment, baskets);
  const ownSide = baskets.filter((row) => isDrawnForCustomer[row] === 0);
  const ofBaskets = yield* unitsOf(experiment, ownSide);
  return together(ofBaskets, yield* unitsOf(customers, rowNumbers(customers.count)));
}

function* unitsOf(source: Experiment | CustomerExperiment, rows: Uint32Array): Generator<void, DrawnUnits> {
  const { covariates, covariateCount } = source;
  const units = emptyUnits(rows.length, source.clusterCount);
  for (const [at, row] of rows.entries()) {
    units.isTreated[at] = source.isTreated[row]!;
    units.holdoutShare[at] = source.holdoutShare[row]!;
    units.cluster[at] = source.cluster[row]!;
    for (const column of COMPARED) units.compared[column]![at] = covariates[row * covariateCount + column]!;
    if (at % SLICE === SLICE - 1) yield;
  }
  return units;
}

/** Of a customer the baskets with a side of their own are another cluster. */
function together(a: DrawnUnits, b: DrawnUnits): DrawnUnits {
  const all = emptyUnits(a.count + b.count, a.clusterCount + b.clusterCount);
  for (const [{ isTreated, holdoutShare, cluster, compared }, from, clustersBefore] of [
    [a, 0, 0],
    [b, a.count, a.clusterCount],
  ] as const) {
    all.isTreated.set(isTreated, from);
    all.holdoutShare.set(holdoutShare, from);
    all.cluster.set(
      cluster.map((own) => clustersBefore + own),
      from,
    );
    for (const column of COMPARED) all.compared[column]!.set(compared[column]!, from);
  }
  return all;
}

function emptyUnits(count: number, clusterCount: number): DrawnUnits {
  return {
    ...{ count, clusterCount, isTreated: new Uint8Array(count), holdoutShare: new Float64Array(count) },
    ...{ cluster: new Int32Array(count), compared: COMPARED.map(() => new Float64Array(count)) },
  };
}

/** Whether the arms are as large as drawn. */
export function checkSizes(
  { count, isTreated, holdoutShare }: Pick<DrawnUnits, 'count' | 'isTreated' | 'holdoutShare'>,
  pMin: number,
): SampleRatio {
  let holdouts = 0;
  let shareSum = 0;
  let varianceSum = 0;
  for (let at = 0; at < count; at++) {
    holdouts += 1 - isTreated[at]!;
    shareSum += holdoutShare[at]!;
    varianceSum += holdoutShare[at]! * (1 - holdoutShare[at]!);
  }
  return testSampleRatio(holdouts, shareSum, varianceSum, pMin);
}

/**
 * An A/A test with every report: before the first offer both arms are alike, in the difference of weighted means
 * with the same standard error as the report's own. Bonferroni over what is compared.
 */
export function* checkBalance(units: DrawnUnits, pMin: number): Generator<void, SampleRatio> {
  const plain = { ...units, metrics: units.compared, covariateCount: 0, covariates: new Float32Array(0) };
  const { differences } = yield* adjustedEffects(plain);
  const p = Math.min(1, COMPARED.length * Math.min(...differences.map(fixedP)));
  return { ok: p >= pMin, p };
}
