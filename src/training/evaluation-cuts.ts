import { type RankingMetrics, rankingMetrics } from './metrics.ts';
import type { Questions } from './questions.ts';

/** Quality over one group of the questions. */
export interface Cut extends RankingMetrics {
  readonly name: string;
}

const LENGTHS = [
  ['1', 1, 1],
  ['2-3', 2, 3],
  ['4-7', 4, 7],
  ['8-15', 8, 15],
  ['16+', 16, Number.POSITIVE_INFINITY],
] as const;

/** By products left in the basket when the question is asked. */
export function cutByLength(
  rank: Float64Array,
  { matrix, basket }: Questions,
): Record<string, RankingMetrics> {
  const left = (question: number) =>
    matrix.start[basket[question]! + 1]! - matrix.start[basket[question]!]! - 1;
  const cuts = LENGTHS.map(([name, from, to]) => {
    return [
      name,
      rankingMetrics(rank, (question) => left(question) >= from && left(question) <= to),
    ] as const;
  });
  return Object.fromEntries(cuts.filter(([, metrics]) => metrics.questions > 0));
}

/** Products the customer had bought before, and others. */
export function cutByHistory(
  rank: Float64Array,
  { basket, target }: Questions,
  hadBought: (basket: number, item: number) => boolean,
): { repeat: RankingMetrics; discovery: RankingMetrics } {
  const isRepeat = (question: number) => hadBought(basket[question]!, target[question]!);
  return {
    repeat: rankingMetrics(rank, isRepeat),
    discovery: rankingMetrics(rank, (question) => !isRepeat(question)),
  };
}

const GROUPS_MAX = 10;
const GROUP_PRODUCTS_MIN = 10;

/**
 * By how often the hidden product is bought: the known products, most sold first, in ten groups of the same size; in fewer
 * where a group would have less than ten products. Groups without a question are left out.
 */
export function cutByPopularity(rank: Float64Array, { target }: Questions, share: Float64Array): Cut[] {
  const products = share.length;
  const groups = Math.max(1, Math.min(GROUPS_MAX, Math.floor(products / GROUP_PRODUCTS_MIN)));
  const sorted = Int32Array.from(share.keys()).sort((a, b) => share[b]! - share[a]! || a - b);
  const groupOf = new Int32Array(products);
  for (const [place, item] of sorted.entries()) groupOf[item] = Math.floor((place * groups) / products);
  const cuts = Array.from({ length: groups }, (_, group): Cut => {
    const members = sorted.filter((item) => groupOf[item] === group);
    const shareText = (item = -1) => percentText(share[item] ?? 0);
    const most = shareText(members[0]);
    const least = shareText(members.at(-1));
    const name = `${group + 1} of ${groups}: ${most === least ? most : `${least}–${most}`} % of baskets`;
    return { name, ...rankingMetrics(rank, (question) => groupOf[target[question]!] === group) };
  });
  return cuts.filter(({ questions }) => questions > 0);
}

const STORES_MAX = 10;

/**
 * By store of the basket: the ten with the most questions, then all others together, then baskets without a store;
 * undefined where no store is known.
 */
export function cutByStore(
  rank: Float64Array,
  { basket }: Questions,
  storeOf: (basket: number) => string | undefined,
): Cut[] | undefined {
  const store = Array.from(basket, storeOf);
  const questions = new Map<string, number>();
  for (const name of store) if (name !== undefined) questions.set(name, (questions.get(name) ?? 0) + 1);
  if (questions.size === 0) return undefined;
  const byQuestions = [...questions].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const largest = byQuestions.slice(0, STORES_MAX).map(([name]) => name);
  const shown = new Set(largest);
  const cut = (name: string, isIn: (store: string | undefined) => boolean): Cut => ({
    name,
    ...rankingMetrics(rank, (question) => isIn(store[question])),
  });
  const cuts = [
    ...largest.map((name) => cut(name, (other) => other === name)),
    cut(`${questions.size - shown.size} other stores`, (name) => name !== undefined && !shown.has(name)),
    cut('no store', (name) => name === undefined),
  ];
  return cuts.filter((each) => each.questions > 0);
}

function percentText(share: number): string {
  return String(Number((share * 100).toPrecision(2)));
}
