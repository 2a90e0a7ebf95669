import { indexPastBaskets, type PastBaskets } from './past-baskets.ts';

/** Paid baskets, oldest first; each is its distinct items, ascending. */
export interface SoldBaskets {
  /** [baskets] epoch ms */
  readonly atMs: readonly number[];
  readonly items: readonly (readonly number[])[];
}

/** The time span that a model was learned from, epoch ms. */
export interface LearnedTime {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The past as training would have it with further baskets after those learned from: they are the newest, and all others are older by the
 * time that has gone by. A pause between the two that is longer than the time learned from is left out: otherwise all that was learned
 * would be of about the same, greatest age. Nothing else is learned from the further baskets.
 *
 * @param sold all after `toMs`
 */
export function rememberSales(
  past: PastBaskets,
  { fromMs, toMs }: LearnedTime,
  { atMs, items: sold }: SoldBaskets,
  products: number,
): PastBaskets {
  const oldestMs = atMs[0];
  const newestMs = atMs.at(-1);
  if (oldestMs === undefined || newestMs === undefined) return past;
  const learnedMs = toMs - fromMs;
  const pauseMs = oldestMs - toMs > learnedMs ? oldestMs - toMs : 0;
  const sinceMs = newestMs - toMs - pauseMs;
  const windowMs = Math.max(1, learnedMs + sinceMs);
  const before = past.age.length;
  const start = new Int32Array(before + sold.length + 1);
  start.set(past.start);
  for (const [basket, own] of sold.entries())
    start[before + basket + 1] = start[before + basket]! + own.length;
  const items = new Int32Array(start.at(-1)!);
  items.set(past.items);
  for (const [basket, own] of sold.entries()) items.set(own, start[before + basket]!);
  const age = new Float32Array(before + sold.length);
  for (let basket = 0; basket < before; basket++)
    age[basket] = (past.age[basket]! * learnedMs + sinceMs) / windowMs;
  for (const [basket, ms] of atMs.entries()) age[before + basket] = (newestMs - ms) / windowMs;
  return indexPastBaskets({ start, items, age }, products);
}
