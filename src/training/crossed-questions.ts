import { basketMatrix, selectKnownItems } from './basket-matrix.ts';
import type { EasePool } from './ease-pool.ts';
import { learnSources } from './learn.ts';
import { basketAt, TEST_FROM } from './period.ts';
import { askQuestions } from './questions.ts';
import { collectRankerQuestions, type RankerQuestions } from './ranker-questions.ts';
import type { SliceInput } from './ranker-slices.ts';
import type { Receipts } from './receipts.ts';

/** Parts that the baskets are dealt to; the sources are learned as many times. */
const PARTS = 9;
/** Baskets that are asked about at most. */
const BASKETS_MAX = 1500;
/** Part of a basket that is only learned from. */
const NO_PART = -1;

/**
 * A ranker's questions where slices of time hold too few: the baskets of two products and more before the test period are
 * asked about, a ninth at a time, each of sources learned from all the others. That is five times the questions.
 */
export async function collectCrossedQuestions(
  { receipts, seed, learning, kernel }: SliceInput,
  pool: EasePool,
): Promise<RankerQuestions[]> {
  const end = basketAt(receipts, TEST_FROM);
  const partOf = dealBaskets(receipts, end);
  const crossed: RankerQuestions[] = [];
  for (let part = 0; part < PARTS; part++) {
    const others = emptied(receipts, (basket) => partOf[basket] === part);
    const own = emptied(receipts, (basket) => partOf[basket] !== part);
    const known = selectKnownItems(others, 0, end);
    const sources = await learnSources(basketMatrix(others, known, 0, end), learning, kernel, pool);
    crossed.push(collectRankerQuestions(sources, askQuestions(basketMatrix(own, known, 0, end), seed)));
  }
  return crossed;
}

/** [baskets before `end`] the part of each; those asked about are evenly spread. */
function dealBaskets({ basketStart }: Receipts, end: number): Int8Array {
  const partOf = new Int8Array(end).fill(NO_PART);
  const askable = [...partOf.keys()].filter((basket) => basketStart[basket + 1]! - basketStart[basket]! >= 2);
  const asked = Math.min(BASKETS_MAX, askable.length);
  for (let place = 0; place < asked; place++)
    partOf[askable[Math.floor((place * askable.length) / asked)]!] = place % PARTS;
  return partOf;
}

/** The receipts with some of the baskets left empty. */
function emptied(receipts: Receipts, isEmptied: (basket: number) => boolean): Receipts {
  const { basketStart, items, quantity } = receipts;
  const start = new Int32Array(basketStart.length);
  const left: number[] = [];
  for (let basket = 0; basket + 1 < start.length; basket++) {
    if (!isEmptied(basket))
      for (let line = basketStart[basket]!; line < basketStart[basket + 1]!; line++) left.push(line);
    start[basket + 1] = left.length;
  }
  return {
    ...receipts,
    basketStart: start,
    items: Int32Array.from(left, (line) => items[line]!),
    quantity: Float32Array.from(left, (line) => quantity[line]!),
  };
}
