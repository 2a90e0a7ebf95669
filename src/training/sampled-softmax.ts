import { upperBound } from '../recommender/bisect.ts';
import type { CoPurchases } from './co-purchases.ts';

/** Pairs to learn from, as a softmax over few classes that estimates the one over all. */
export interface SampledBatch {
  /** [pairs] product that predicts */
  readonly rows: Int32Array;
  /** [pairs + negatives] the products predicted, pair by pair, then those drawn at random; repeats are possible */
  readonly classes: Int32Array;
  /** [pairs × classes] 1 at the pair's own product */
  readonly target: Float32Array;
  /** [pairs × classes] −ln of how often a negative is expected, 0 for the pair's own product, NEVER for no class of the pair */
  readonly offset: Float32Array;
}

/** Products drawn at random in each batch. */
const NEGATIVES = 512;
/** Logit of a class that does not count: its probability is 0. */
const NEVER = -1e9;

/**
 * Draws pairs in proportion to their counts, and negatives log-uniformly by rank of sales: P(rank r) = ln((r + 2) / (r + 1))
 * / ln(n + 1). Their logits are corrected by the logarithm of the expected number of draws: the sum over them then estimates that
 * over all other products, as importance sampling does (Bengio, Senécal 2008). A negative that is the pair's own product does
 * not count.
 */
export function sampledBatch(counts: CoPurchases, random: () => number, pairs: number): () => SampledBatch {
  const byRank = productsByRank(counts);
  const span = Math.log(byRank.length + 1);
  const logExpected = new Float64Array(counts.start.length - 1);
  byRank.forEach((product, rank) => {
    logExpected[product] = Math.log((NEGATIVES * Math.log((rank + 2) / (rank + 1))) / span);
  });
  const drawPair = pairDrawer(counts, random);
  return () => {
    const rows = new Int32Array(pairs);
    const classes = new Int32Array(pairs + NEGATIVES);
    for (let pair = 0; pair < pairs; pair++) drawPair(rows, classes, pair);
    for (let at = pairs; at < classes.length; at++) {
      const rank = Math.floor(Math.exp(random() * span)) - 1;
      classes[at] = byRank[Math.min(byRank.length - 1, rank)]!;
    }
    const target = new Float32Array(pairs * classes.length);
    const offset = new Float32Array(pairs * classes.length).fill(NEVER);
    for (let pair = 0; pair < pairs; pair++) {
      const own = classes[pair]!;
      const from = pair * classes.length;
      target[from + pair] = 1;
      offset[from + pair] = 0;
      for (let at = pairs; at < classes.length; at++) {
        if (classes[at] !== own) offset[from + at] = -logExpected[classes[at]!]!;
      }
    }
    return { rows, classes, target, offset };
  };
}

/** Products with a pair, most bought first. */
function productsByRank({ start, diagonal }: CoPurchases): Int32Array {
  const paired = Int32Array.from(diagonal.keys()).filter((product) => start[product + 1]! > start[product]!);
  return paired.sort((a, b) => diagonal[b]! - diagonal[a]! || a - b);
}

/** Writes the two products of a pair drawn in proportion to its count. */
function pairDrawer({ start, column, weight }: CoPurchases, random: () => number) {
  const upTo = new Float64Array(weight.length);
  const sourceOf = new Int32Array(weight.length);
  let total = 0;
  for (let source = 0; source + 1 < start.length; source++) {
    for (let at = start[source]!; at < start[source + 1]!; at++) {
      total += weight[at]!;
      upTo[at] = total;
      sourceOf[at] = source;
    }
  }
  return (rows: Int32Array, classes: Int32Array, pair: number): void => {
    const drawn = upperBound(upTo, random() * total, 0, upTo.length - 1);
    rows[pair] = sourceOf[drawn]!;
    classes[pair] = column[drawn]!;
  };
}
