/**
 * A linear listwise ranker: P(next product = j) = calibrated(recall · softmax over the candidates of Σ weight · z), where
 * z are the signals of j, standardised and clipped. Mean, deviation and weight are in the order of SIGNALS.
 */
export interface Ranker {
  readonly mean: Float64Array;
  /** Above 0. */
  readonly deviation: Float64Array;
  readonly weight: Float64Array;
  /** Share of the next products that are among the candidates, by products in the basket: [0], [1], … [last and more]. */
  readonly recall: Float64Array;
  readonly calibration: Calibration;
}

/**
 * Beta calibration, logit P′ = offset + rise · ln P − fall · ln(1 − P). Rise and fall are above 0, so that the order of
 * candidates stays. Kull, Silva Filho, Flach 2017.
 */
export interface Calibration {
  readonly rise: number;
  readonly fall: number;
  readonly offset: number;
}

export const UNCALIBRATED: Calibration = { rise: 1, fall: 1, offset: 0 };

/** Probabilities are kept this far from 0 and 1, where logarithms are infinite. */
const PROBABILITY_MIN = 1e-9;

/** A probability whose logarithm, and that of its complement, is finite. */
export function clipped(probability: number): number {
  return Math.max(PROBABILITY_MIN, Math.min(1 - PROBABILITY_MIN, probability));
}

export function calibrated({ rise, fall, offset }: Calibration, probability: number): number {
  const p = clipped(probability);
  return 1 / (1 + Math.exp(-(offset + rise * Math.log(p) - fall * Math.log1p(-p))));
}

/** Standardised signals beyond this say no more. */
export const SIGNAL_CLIP = 8;

/** A standardised and clipped signal. */
export function standardised(value: number, mean: number, deviation: number): number {
  return Math.max(-SIGNAL_CLIP, Math.min(SIGNAL_CLIP, (value - mean) / deviation));
}

/**
 * Turns the signals of `count` candidates, [count × signals] row by row, into probabilities before calibration; they sum
 * to the recall for a basket of `basketLength` products.
 */
export function stateProbabilities(
  ranker: Omit<Ranker, 'calibration'>,
  signals: Float64Array,
  count: number,
  basketLength: number,
  probability: Float64Array,
): void {
  probability.fill(0, 0, count);
  // Signal by signal, so that no step of the inner loop waits for the one before; each sum keeps the order of the signals.
  for (let at = 0; at < ranker.weight.length; at++)
    if (ranker.weight[at] !== 0) addSignal(ranker, at, signals, count, probability);
  let largest = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < count; place++)
    if (probability[place]! > largest) largest = probability[place]!;
  let total = 0;
  for (let place = 0; place < count; place++) {
    probability[place] = Math.exp(probability[place]! - largest);
    total += probability[place]!;
  }
  const { recall } = ranker;
  const scale = recall[Math.min(basketLength, recall.length - 1)]! / total;
  for (let place = 0; place < count; place++) probability[place]! *= scale;
}

/** Adds one signal of each candidate, standardised and weighted, to its score. */
function addSignal(
  ranker: Pick<Ranker, 'mean' | 'deviation' | 'weight'>,
  signal: number,
  signals: Float64Array,
  count: number,
  score: Float64Array,
): void {
  const width = ranker.weight.length;
  const mean = ranker.mean[signal]!;
  const deviation = ranker.deviation[signal]!;
  const weight = ranker.weight[signal]!;
  for (let place = 0, from = signal; place < count; place++, from += width) {
    score[place]! += weight * standardised(signals[from]!, mean, deviation);
  }
}
