import type { SparseRows } from '../recommender/sparse-rows.ts';
import type { ProductFeatures } from './product-features.ts';

/** Vectors that are learned, with their gradients and Adam's moments; only rows that have a gradient are moved. */
interface Parameters {
  readonly value: Float32Array;
  readonly gradient: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** [rows] whether a gradient waits */
  readonly isTouched: Uint8Array;
}

/** One space of product vectors: a product's own vector plus those of its features. */
export interface EmbeddingTable {
  readonly width: number;
  readonly features: SparseRows;
  readonly own: Parameters;
  readonly shared: Parameters;
}

const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const EPSILON = 1e-8;
const START_DEVIATION = 0.1;

export function createEmbeddingTable(
  products: number,
  features: ProductFeatures,
  width: number,
  random: () => number,
): EmbeddingTable {
  const shared = createParameters(features.count, width);
  const own = createParameters(products, width);
  for (const table of [own, shared]) {
    for (let at = 0; at < table.value.length; at++) table.value[at] = START_DEVIATION * (2 * random() - 1);
  }
  return { width, features: features.rows, own, shared };
}

function createParameters(rows: number, width: number): Parameters {
  const column = () => new Float32Array(rows * width);
  return {
    value: column(),
    gradient: column(),
    first: column(),
    second: column(),
    isTouched: new Uint8Array(rows),
  };
}

/**
 * The vectors of `products`, [products × width] row by row: own · hasOwn + Σ features. A product without an own vector is the sum of its
 * features.
 */
export function composeVectors(
  { width, features, own, shared }: EmbeddingTable,
  products: ArrayLike<number>,
  hasOwn: Uint8Array,
): Float32Array {
  const { start, target, weight } = features;
  const vectors = new Float32Array(products.length * width);
  for (let row = 0; row < products.length; row++) {
    const product = products[row]!;
    const to = row * width;
    if (hasOwn[product]) {
      for (let k = 0; k < width; k++) vectors[to + k] = own.value[product * width + k]!;
    }
    for (let at = start[product]!; at < start[product + 1]!; at++) {
      const from = target[at]! * width;
      for (let k = 0; k < width; k++) vectors[to + k]! += weight[at]! * shared.value[from + k]!;
    }
  }
  return vectors;
}

/** Adds the gradients of composed vectors to those of their parts. */
export function spreadGradients(
  { width, features, own, shared }: EmbeddingTable,
  products: ArrayLike<number>,
  hasOwn: Uint8Array,
  gradients: Float32Array,
): void {
  const { start, target, weight } = features;
  for (let row = 0; row < products.length; row++) {
    const product = products[row]!;
    const from = row * width;
    if (hasOwn[product]) {
      own.isTouched[product] = 1;
      for (let k = 0; k < width; k++) own.gradient[product * width + k]! += gradients[from + k]!;
    }
    for (let at = start[product]!; at < start[product + 1]!; at++) {
      const to = target[at]! * width;
      shared.isTouched[target[at]!] = 1;
      for (let k = 0; k < width; k++) shared.gradient[to + k]! += weight[at]! * gradients[from + k]!;
    }
  }
}

/** One step of Adam (Kingma, Ba 2015) with decoupled weight decay on all that has a gradient; `step` counts from 1. */
export function moveTable(
  { width, own, shared }: EmbeddingTable,
  step: number,
  rate: number,
  decay: number,
): void {
  const firstScale = 1 / (1 - FIRST_DECAY ** step);
  const secondScale = 1 / (1 - SECOND_DECAY ** step);
  for (const { value, gradient, first, second, isTouched } of [own, shared]) {
    for (let row = 0; row < isTouched.length; row++) {
      if (!isTouched[row]) continue;
      isTouched[row] = 0;
      for (let at = row * width; at < (row + 1) * width; at++) {
        const g = gradient[at]!;
        gradient[at] = 0;
        first[at] = FIRST_DECAY * first[at]! + (1 - FIRST_DECAY) * g;
        second[at] = SECOND_DECAY * second[at]! + (1 - SECOND_DECAY) * g * g;
        const move = (first[at]! * firstScale) / (Math.sqrt(second[at]! * secondScale) + EPSILON);
        value[at]! -= rate * (move + decay * value[at]!);
      }
    }
  }
}
