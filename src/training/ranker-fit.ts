import type * as tensorflow from '@tensorflow/tfjs-core';
import { POOL_MAX } from '../recommender/candidate-pool.ts';
import { type Ranker, standardised } from '../recommender/ranker.ts';
import { SIGNALS } from '../recommender/signals.ts';
import { solveCholesky } from './cholesky.ts';
import type { RankerQuestions } from './ranker-questions.ts';

/** The part of a ranker that is fitted to questions. */
export type FittedWeights = Pick<Ranker, 'mean' | 'deviation' | 'weight'>;

export interface FitOptions {
  /** Signals that may count; the others get weight 0. */
  readonly signals: readonly (typeof SIGNALS)[number][];
  /** Strength of the penalty l2 / 2 · Σ (weight − what it is held to)². */
  readonly l2: number;
  /** What the weight of a signal is held to, for a signal that is not standardised; 0 where nothing is said. */
  readonly heldTo?: Readonly<Partial<Record<(typeof SIGNALS)[number], number>>>;
}

/** Questions of one tensor, so that memory stays bounded whatever their number. */
const QUESTIONS_PER_BATCH = 400;
const STEPS_MAX = 25;
/** A step that moves no weight by more than this is the last. */
const STEP_MIN = 1e-4;
const HALVINGS_MAX = 12;
/** Logit of a padding row: its probability is 0. */
const NEVER = -1e9;

/**
 * Fits a linear listwise softmax (conditional logit) by damped Newton steps on the penalised log-likelihood, which is
 * convex: the result does not depend on where it starts. Questions whose product is no candidate are left out.
 */
export async function fitRanker(
  tf: typeof tensorflow,
  slices: readonly RankerQuestions[],
  { signals, l2, heldTo = {} }: FitOptions,
): Promise<FittedWeights> {
  const active = signals.map((name) => SIGNALS.indexOf(name));
  const scale = measureScale(slices);
  const prior = Float64Array.from(signals, (name, at) => (heldTo[name] ?? 0) * scale.deviation[active[at]!]!);
  const batches = slices.flatMap((slice) => batchesOf(tf, slice, active, scale));
  try {
    const fitted = await descend(tf, batches, { prior, l2 });
    const weight = new Float64Array(SIGNALS.length);
    active.forEach((signal, at) => {
      weight[signal] = fitted[at]!;
    });
    return { ...scale, weight };
  } finally {
    for (const batch of batches) tf.dispose([batch.rows, batch.padding, batch.isTarget]);
  }
}

/** Mean and deviation of each signal over all candidates. */
function measureScale(slices: readonly RankerQuestions[]): Pick<Ranker, 'mean' | 'deviation'> {
  const width = SIGNALS.length;
  const sum = new Float64Array(width);
  const squares = new Float64Array(width);
  let rows = 0;
  for (const { signals } of slices) {
    rows += signals.length / width;
    for (let at = 0; at < signals.length; at++) {
      sum[at % width]! += signals[at]!;
      squares[at % width]! += signals[at]! ** 2;
    }
  }
  const mean = sum.map((total) => total / Math.max(1, rows));
  const deviation = squares.map((total, at) =>
    Math.sqrt(Math.max(0, total / Math.max(1, rows) - mean[at]! ** 2)),
  );
  return { mean, deviation: deviation.map((value) => (value > 1e-9 ? value : 1)) };
}

interface Batch {
  readonly questions: number;
  /** [questions · candidates, active signals] */
  readonly rows: tensorflow.Tensor2D;
  /** [questions, candidates] 0, NEVER for padding */
  readonly padding: tensorflow.Tensor2D;
  /** [questions, candidates] 1 for the product bought */
  readonly isTarget: tensorflow.Tensor2D;
}

function batchesOf(
  tf: typeof tensorflow,
  slice: RankerQuestions,
  active: readonly number[],
  scale: Pick<Ranker, 'mean' | 'deviation'>,
): Batch[] {
  const asked = Array.from(slice.target.keys()).filter((question) => slice.target[question]! >= 0);
  const batches: Batch[] = [];
  for (let from = 0; from < asked.length; from += QUESTIONS_PER_BATCH) {
    batches.push(batchOf(tf, slice, asked.slice(from, from + QUESTIONS_PER_BATCH), active, scale));
  }
  return batches;
}

function batchOf(
  tf: typeof tensorflow,
  { start, signals, target }: RankerQuestions,
  asked: readonly number[],
  active: readonly number[],
  { mean, deviation }: Pick<Ranker, 'mean' | 'deviation'>,
): Batch {
  const candidates = Math.min(
    POOL_MAX,
    Math.max(...asked.map((question) => start[question + 1]! - start[question]!)),
  );
  const rows = new Float32Array(asked.length * candidates * active.length);
  const padding = new Float32Array(asked.length * candidates).fill(NEVER);
  const isTarget = new Float32Array(asked.length * candidates);
  asked.forEach((question, at) => {
    isTarget[at * candidates + target[question]!] = 1;
    const count = start[question + 1]! - start[question]!;
    for (let place = 0; place < count; place++) {
      const from = (start[question]! + place) * SIGNALS.length;
      const to = at * candidates + place;
      padding[to] = 0;
      active.forEach((signal, column) => {
        rows[to * active.length + column] = standardised(
          signals[from + signal]!,
          mean[signal]!,
          deviation[signal]!,
        );
      });
    }
  });
  return {
    questions: asked.length,
    rows: tf.tensor2d(rows, [asked.length * candidates, active.length]),
    padding: tf.tensor2d(padding, [asked.length, candidates]),
    isTarget: tf.tensor2d(isTarget, [asked.length, candidates]),
  };
}

/** What weights are held to, and how strongly. */
interface Penalty {
  readonly prior: Float64Array;
  readonly l2: number;
}

async function descend(
  tf: typeof tensorflow,
  batches: readonly Batch[],
  penalty: Penalty,
): Promise<Float64Array> {
  const width = penalty.prior.length;
  let weight = penalty.prior.slice();
  let at = await derive(tf, batches, weight, penalty);
  for (let step = 0; step < STEPS_MAX; step++) {
    const move = at.gradient.slice();
    solveCholesky(at.hessian, move, width);
    let share = 1;
    let next: { weight: Float64Array<ArrayBuffer>; at: Derivatives } | undefined;
    for (let halving = 0; halving < HALVINGS_MAX && !next; halving++, share /= 2) {
      const tried = weight.map((value, k) => value - share * move[k]!);
      const there = await derive(tf, batches, tried, penalty);
      if (there.loss < at.loss) next = { weight: tried, at: there };
    }
    if (!next) break;
    const longest = next.weight.reduce((most, value, k) => Math.max(most, Math.abs(value - weight[k]!)), 0);
    ({ weight, at } = next);
    if (longest < STEP_MIN) break;
  }
  return weight;
}

/** The penalised mean loss and its derivatives. */
interface Derivatives {
  readonly loss: number;
  readonly gradient: Float64Array;
  /** [width × width] */
  readonly hessian: Float64Array;
}

async function derive(
  tf: typeof tensorflow,
  batches: readonly Batch[],
  weight: Float64Array,
  { prior, l2 }: Penalty,
): Promise<Derivatives> {
  const width = weight.length;
  const gradient = new Float64Array(width);
  const hessian = new Float64Array(width * width);
  let loss = 0;
  let questions = 0;
  for (const batch of batches) {
    const parts = tf.tidy(() => deriveBatch(tf, batch, tf.tensor2d(Float32Array.from(weight), [width, 1])));
    const [lossPart, gradientPart, hessianPart] = await Promise.all(parts.map((part) => part.data()));
    tf.dispose(parts);
    questions += batch.questions;
    loss += lossPart![0]!;
    for (let k = 0; k < width; k++) gradient[k]! += gradientPart![k]!;
    for (let k = 0; k < hessian.length; k++) hessian[k]! += hessianPart![k]!;
  }
  const share = 1 / Math.max(1, questions);
  for (let k = 0; k < hessian.length; k++) hessian[k]! *= share;
  for (let k = 0; k < width; k++) {
    gradient[k] = gradient[k]! * share + l2 * (weight[k]! - prior[k]!);
    hessian[k * width + k]! += l2;
  }
  const excess = weight.reduce((sum, value, k) => sum + (l2 / 2) * (value - prior[k]!) ** 2, 0);
  return { loss: loss * share + excess, gradient, hessian };
}

/** Sums over a batch of the loss, its gradient and its Hessian Σ_q (Σ p z zᵀ − z̄ z̄ᵀ). */
function deriveBatch(
  tf: typeof tensorflow,
  { rows, padding, isTarget }: Batch,
  weight: tensorflow.Tensor2D,
): tensorflow.Tensor[] {
  const [questions, candidates] = padding.shape;
  const width = weight.shape[0];
  const logits = tf.add(tf.reshape(tf.matMul(rows, weight), [questions, candidates]), padding);
  const logProbability = tf.logSoftmax(logits);
  const probability = tf.exp(logProbability);
  const weighted = tf.mul(rows, tf.reshape(probability, [questions * candidates, 1]));
  const mean = tf.sum(tf.reshape(weighted, [questions, candidates, width]), 1);
  const excess = tf.reshape(tf.sub(probability, isTarget), [questions * candidates, 1]);
  // Transposed first: the WebAssembly backend multiplies by a transposed matrix ten times slower.
  const second = tf.matMul(tf.transpose(weighted), rows);
  return [
    tf.neg(tf.sum(tf.mul(logProbability, isTarget))),
    tf.sum(tf.mul(rows, excess), 0),
    tf.sub(second, tf.matMul(tf.transpose(mean), mean)),
  ];
}
