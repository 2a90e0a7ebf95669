import type { CoPurchases } from './co-purchases.ts';
import {
  composeVectors,
  createEmbeddingTable,
  type EmbeddingTable,
  moveTable,
  spreadGradients,
} from './embedding-table.ts';
import type { ProductFeatures } from './product-features.ts';
import { seededRandom } from './random.ts';
import { type SampledBatch, sampledBatch } from './sampled-softmax.ts';
import { softmaxGradients } from './softmax-gradients.ts';
import type { TensorBackend } from './tensor-backend.ts';

/**
 * Product vectors in two spaces: P(j bought beside i) = softmax over j of in_i · out_j, in which the last component of an in-vector is 1
 * and that of an out-vector the product's own attraction. in × out shows complements; similar in-vectors show products that are bought
 * beside the same others.
 */
export interface Embeddings {
  /** Components of a vector, including the attraction. */
  readonly width: number;
  /** [products × width] */
  readonly in: Float32Array;
  /** [products × width] */
  readonly out: Float32Array;
  /** Mean cross-entropy in nats of each epoch. */
  readonly losses: readonly number[];
}

export interface EmbeddingOptions {
  readonly seed: number;
  /** Components besides the attraction. */
  readonly dimensions?: number;
  readonly epochs?: number;
  /** Catalogues up to this many products get the full softmax, larger ones a sampled one. */
  readonly fullSoftmaxMax?: number;
}

const DIMENSIONS = 64;
const EPOCHS = 40;
const FULL_SOFTMAX_MAX = 5000;
/** Rows of one step: sources of the full softmax, pairs of the sampled one. */
const BATCH_ROWS = 512;
/** Most steps of the sampled softmax in all, which bounds its cost whatever the receipts. */
const SAMPLED_STEPS_MAX = 3000;
const RATE = 0.05;
const DECAY = 0.002;
/** Share of the products that each epoch learns by their features alone, so that features can speak for new ones. */
const OWN_DROPOUT = 0.4;

/**
 * Skip-gram over baskets (Mikolov et al. 2013; item2vec, Barkan, Koenigstein 2016): every product of a basket predicts every
 * other. `counts` holds how often two products were bought together; products without a pair get the vectors that their
 * features give them. The same seed gives the same vectors on one backend.
 */
export async function learnEmbeddings(
  { tf }: TensorBackend,
  counts: CoPurchases,
  features: ProductFeatures,
  options: EmbeddingOptions,
): Promise<Embeddings> {
  const products = features.rows.start.length - 1;
  const width = (options.dimensions ?? DIMENSIONS) + 1;
  const random = seededRandom(options.seed);
  const training: Training = {
    tf,
    counts,
    random,
    in: createEmbeddingTable(products, features, width, random),
    out: createEmbeddingTable(products, features, width, random),
    sources: sourcesOf(counts, products),
    hasOwn: new Uint8Array(products),
    step: 0,
  };
  const epochs = options.epochs ?? EPOCHS;
  const isFull = products <= (options.fullSoftmaxMax ?? FULL_SOFTMAX_MAX);
  const losses: number[] = [];
  const runEpoch = isFull ? (rate: number) => fullEpoch(training, rate) : sampledEpochs(training, epochs);
  for (let epoch = 0; epoch < epochs; epoch++) {
    // Falls to nothing, so that the last steps settle.
    const rate = RATE * (1 - epoch / epochs);
    losses.push(await runEpoch(rate));
  }
  return { width, ...vectorsOf(training), losses };
}

interface Training {
  readonly tf: TensorBackend['tf'];
  readonly counts: CoPurchases;
  readonly random: () => number;
  readonly in: EmbeddingTable;
  readonly out: EmbeddingTable;
  /** Products with a pair, ascending. */
  readonly sources: Int32Array;
  /** [products] whether the product's own vectors take part in the present epoch */
  readonly hasOwn: Uint8Array;
  step: number;
}

function sourcesOf({ start }: CoPurchases, products: number): Int32Array {
  return Int32Array.from(Array(Math.min(products, start.length - 1)).keys()).filter(
    (product) => start[product + 1]! > start[product]!,
  );
}

/** Marks which products have own vectors: those with a pair, except for a share drawn anew. */
function drawOwn({ hasOwn, sources, random }: Training, dropout: number): void {
  hasOwn.fill(0);
  for (const product of sources) hasOwn[product] = random() < dropout ? 0 : 1;
}

function vectorsOf(training: Training): Pick<Embeddings, 'in' | 'out'> {
  drawOwn(training, 0);
  const all = Int32Array.from(training.hasOwn.keys());
  return {
    in: withOnes(composeVectors(training.in, all, training.hasOwn), training.in.width),
    out: composeVectors(training.out, all, training.hasOwn),
  };
}

/** In-vectors with the constant that an attraction is multiplied by. */
function withOnes(vectors: Float32Array, width: number): Float32Array {
  for (let at = width - 1; at < vectors.length; at += width) vectors[at] = 1;
  return vectors;
}

/** Each source once against all products that have been bought; returns the mean loss of a source. */
async function fullEpoch(training: Training, rate: number): Promise<number> {
  const { tf, counts, sources } = training;
  drawOwn(training, OWN_DROPOUT);
  const classOf = new Int32Array(training.hasOwn.length).fill(-1);
  sources.forEach((product, at) => {
    classOf[product] = at;
  });
  const offset = new Float32Array(sources.length);
  const order = shuffled(sources, training.random);
  let loss = 0;
  for (let from = 0; from < order.length; from += BATCH_ROWS) {
    const rows = order.subarray(from, from + BATCH_ROWS);
    const target = new Float32Array(rows.length * sources.length);
    for (let row = 0; row < rows.length; row++) {
      fillTargets(counts, rows[row]!, classOf, target.subarray(row * sources.length));
    }
    const { in: left, out: right, hasOwn } = training;
    const leftVectors = withOnes(composeVectors(left, rows, hasOwn), left.width);
    const rightVectors = composeVectors(right, sources, hasOwn);
    const gradients = await softmaxGradients(tf, left.width, leftVectors, rightVectors, target, offset);
    loss += gradients.loss;
    descend(training, rows, sources, gradients, rate);
  }
  return loss / order.length;
}

/** The shares of a source's pairs by their other product. */
function fillTargets(
  { start, column, weight }: CoPurchases,
  source: number,
  classOf: Int32Array,
  target: Float32Array,
): void {
  let total = 0;
  for (let at = start[source]!; at < start[source + 1]!; at++) total += weight[at]!;
  for (let at = start[source]!; at < start[source + 1]!; at++)
    target[classOf[column[at]!]!] = weight[at]! / total;
}

/** Epochs of pairs drawn as often as they were bought, each against a sample of the other products. */
function sampledEpochs(training: Training, epochs: number): (rate: number) => Promise<number> {
  const { counts, random } = training;
  const pairs = counts.column.length;
  const steps = Math.max(1, Math.min(Math.ceil(SAMPLED_STEPS_MAX / epochs), Math.ceil(pairs / BATCH_ROWS)));
  const draw = sampledBatch(counts, random, BATCH_ROWS);
  return (rate) => sampledEpoch(training, draw, steps, rate);
}

async function sampledEpoch(
  training: Training,
  draw: () => SampledBatch,
  steps: number,
  rate: number,
): Promise<number> {
  const { tf, in: left, out: right, hasOwn } = training;
  drawOwn(training, OWN_DROPOUT);
  let loss = 0;
  for (let step = 0; step < steps; step++) {
    const { rows, classes, target, offset } = draw();
    const leftVectors = withOnes(composeVectors(left, rows, hasOwn), left.width);
    const rightVectors = composeVectors(right, classes, hasOwn);
    const gradients = await softmaxGradients(tf, left.width, leftVectors, rightVectors, target, offset);
    loss += gradients.loss / rows.length;
    descend(training, rows, classes, gradients, rate);
  }
  return loss / steps;
}

function descend(
  training: Training,
  rows: Int32Array,
  classes: Int32Array,
  gradients: { readonly rows: Float32Array; readonly classes: Float32Array },
  rate: number,
): void {
  const { in: left, out: right, hasOwn } = training;
  for (let at = left.width - 1; at < gradients.rows.length; at += left.width) gradients.rows[at] = 0;
  spreadGradients(left, rows, hasOwn, gradients.rows);
  spreadGradients(right, classes, hasOwn, gradients.classes);
  training.step++;
  moveTable(left, training.step, rate, DECAY);
  moveTable(right, training.step, rate, DECAY);
}

function shuffled(products: Int32Array, random: () => number): Int32Array {
  const order = products.slice();
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}
