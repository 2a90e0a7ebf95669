import { dropRareColumns, levelCovariates } from './covariates.ts';
import type { Experiment } from './experiment.ts';

export interface ExperimentPart {
  /** null: the part of these baskets is not known */
  readonly name: string | null;
  readonly experiment: Experiment;
}

/**
 * Each part of an experiment as an experiment of its own, by name, null last: either the part's baskets alone, with customers renumbered,
 * or all baskets with the metrics of one category. None where no parts were asked for.
 */
export function* partsOf(experiment: Experiment): Generator<ExperimentPart> {
  const { split, categories, customers, ...whole } = experiment;
  for (const { name, ...sums } of categories ?? []) yield { name, experiment: { ...whole, ...sums } };
  if (!split) return;
  const rows = split.names.map((): number[] => []);
  for (const [at, part] of split.part.entries()) rows[part]!.push(at);
  const numbers = new Int32Array(whole.clusterCount).fill(-1);
  const named = [...split.names.entries()].sort(([, a], [, b]) => byName(a, b));
  for (const [part, name] of named) yield { name, experiment: partAlone(whole, rows[part]!, numbers) };
}

/** Names in order, null last. */
export function byName(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : Number(a > b);
}

/** @param numbers scratch [clusterCount], −1 everywhere before and after */
function partAlone(experiment: Experiment, rows: readonly number[], numbers: Int32Array): Experiment {
  const { isTreated, holdoutShare, isDrawnForCustomer, metrics, costed, held, paidIn } = experiment;
  const { hasCrossed, covariates, covariateCount } = experiment;
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
  const part = {
    ...experiment,
    count: rows.length,
    cluster,
    clusterCount,
    covariates: own,
    isTreated: Uint8Array.from(rows, (row) => isTreated[row]!),
    holdoutShare: Float64Array.from(rows, (row) => holdoutShare[row]!),
    isDrawnForCustomer: Uint8Array.from(rows, (row) => isDrawnForCustomer[row]!),
    hasCrossed: Uint8Array.from(rows, (row) => hasCrossed[row]!),
    metrics: metrics.map((metric) => Float64Array.from(rows, (row) => metric[row]!)),
    costed: Float64Array.from(rows, (row) => costed[row]!),
    held: Float64Array.from(rows, (row) => held[row]!),
    paidIn: Int32Array.from(rows, (row) => paidIn[row]!),
  };
  const armOf = (at: number) =>
    part.isDrawnForCustomer[at] === 0 ? (part.isTreated[at] as 0 | 1) : undefined;
  for (const _ of dropRareColumns(part, armOf));
  if (part.isDrawnForCustomer.includes(1))
    for (const _ of levelCovariates(part, part.isTreated, part.isDrawnForCustomer));
  return part;
}
