import { collectCrossedQuestions } from '../../dist/training/crossed-questions.js';
import { rankingMetrics } from '../../dist/training/metrics.js';
import { collectSlices } from '../../dist/training/ranker-slices.js';
import { openTensorBackend } from '../../dist/training/tensor-backend.js';
import { trainRanker } from '../../dist/training/train-ranker.js';
import { describeMachine } from '../machine.mjs';
import { readResult, writeResult } from '../result-files.mjs';
import { DATA_SETS } from './data-sets.mjs';

/**
 * Measures the sets one after the other, prints the table and writes the result. `only` names the sets that were asked for,
 * where not all were; `measure` gives undefined for a set that has nothing to say.
 *
 * @returns the exit status
 */
export async function measureSets({ name, sets, only, data, table, measure }) {
  if (sets.length === 0) {
    console.error(
      `SKIPPED: wanted the data sets in ${data}, and bench/results/quality.json for their parameters.`,
    );
    return only === undefined ? 0 : 2;
  }
  const measured = [];
  for (const set of sets) {
    console.error(`${set.title} …`);
    const figures = await measure(set);
    if (figures) measured.push({ name: set.name, title: set.title, ...figures });
  }
  const result = { ...describeMachine(), sets: besideBefore(name, measured, only) };
  console.log(`${table(result)}\n\nwritten to ${writeResult(name, result)}`);
  return 0;
}

/** All sets in their order: a run on some of them keeps what the others gave before. */
export function besideBefore(name, measured, only) {
  const before = only === undefined ? [] : (readResult(name)?.sets ?? []);
  return DATA_SETS.flatMap((set) => [measured, before].flat().find((one) => one.name === set.name) ?? []);
}

/** The ranker of a set under its tuned parameters, with the newest slice before the test period. */
export async function fitTuned(receipts, { kernel, learning }, seed, pool) {
  let slice;
  const sliced = { receipts, seed, learning, kernel };
  const slices = await collectSlices(sliced, pool, (_, newest) => {
    slice = newest;
  });
  const backend = await openTensorBackend();
  const { ranker } = await trainRanker(backend, slices, seed, () => collectCrossedQuestions(sliced, pool));
  return { ranker, slice, backend };
}

export function shortMetrics(ranks) {
  const { hitRate, ndcg10 } = rankingMetrics(ranks);
  return { hitRate10: hitRate['10'], ndcg10 };
}
