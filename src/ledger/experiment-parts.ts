import type { Experiment } from './experiment.ts';

export interface ExperimentPart {
  /** null: the part of these baskets is not known */
  readonly name: string | null;
  readonly experiment: Experiment;
}

/**
 * Each part of an experiment as one of its own, by name, what has none last: its baskets alone, with customers numbered anew; or all
 * baskets with the metrics of one category.
 */
export function* partsOf(experiment: Experiment): Generator<ExperimentPart> {
  if (experiment.categories) {
    for (const { name, metrics } of experiment.categories)
      yield { name, experiment: { ...experiment, metrics } };
    return;
  }
  const rows = rowsByPart(experiment);
  const cluster = new Int32Array(experiment.clusterCount).fill(-1);
  const parts = [...experiment.parts.entries()].sort(([, a], [, b]) => compareNames(a, b));
  for (const [part, name] of parts) yield { name, experiment: partAlone(experiment, rows[part]!, cluster) };
}

function compareNames(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a < b ? -1 : 1;
}

/** The baskets of each part, in their order. */
function rowsByPart({ part, parts }: Experiment): readonly number[][] {
  const rows = parts.map((): number[] => []);
  for (let at = 0; at < part.length; at++) rows[part[at]!]!.push(at);
  return rows;
}

/** @param numbers scratch [clusterCount], −1 everywhere before and after */
function partAlone(experiment: Experiment, rows: readonly number[], numbers: Int32Array): Experiment {
  const { isTreated, holdoutShare, metrics, covariates, covariateCount } = experiment;
  const cluster = new Int32Array(rows.length);
  const own = new Float32Array(rows.length * covariateCount);
  let clusterCount = 0;
  for (const [at, row] of rows.entries()) {
    const number = experiment.cluster[row]!;
    if (numbers[number] === -1) numbers[number] = clusterCount++;
    cluster[at] = numbers[number]!;
    own.set(covariates.subarray(row * covariateCount, (row + 1) * covariateCount), at * covariateCount);
  }
  for (const row of rows) numbers[experiment.cluster[row]!] = -1;
  return {
    ...experiment,
    ...{ count: rows.length, cluster, clusterCount, covariates: own },
    isTreated: Uint8Array.from(rows, (row) => isTreated[row]!),
    holdoutShare: Float64Array.from(rows, (row) => holdoutShare[row]!),
    metrics: metrics.map((metric) => Float64Array.from(rows, (row) => metric[row]!)),
    part: new Int32Array(rows.length),
    parts: [null],
  };
}
