import type { SparseRows } from '../recommender/sparse-rows.ts';
import { offer } from '../recommender/top-k.ts';
import type { Embeddings } from './embeddings.ts';
import type { TensorBackend } from './tensor-backend.ts';

/** New products kept beside each product: an answer takes ten at most. */
const KEPT = 20;
const BATCH_ROWS = 256;

/**
 * P(new product bought beside a known one) by the softmax over all products: row = known product, targets = the KEPT most
 * probable of `fresh`, ascending. `isKnown` says which products have vectors of their own.
 */
export async function newProductRows(
  { tf }: TensorBackend,
  { width, in: left, out }: Embeddings,
  isKnown: (product: number) => boolean,
  fresh: Int32Array,
): Promise<SparseRows> {
  const products = left.length / width;
  const known = Int32Array.from(Array(products).keys()).filter(isKnown);
  const start = new Int32Array(products + 1);
  const target: number[] = [];
  const weight: number[] = [];
  const classes = tf.tidy(() => tf.transpose(tf.tensor2d(out, [products, width])));
  const columns = tf.tensor1d(fresh, 'int32');
  const heapKey = new Float64Array(KEPT);
  const heapItem = new Int32Array(KEPT);
  for (let from = 0; from < known.length; from += BATCH_ROWS) {
    const rows = known.subarray(from, from + BATCH_ROWS);
    const vectors = Float32Array.from({ length: rows.length * width }, (_, at) => {
      return left[rows[Math.floor(at / width)]! * width + (at % width)]!;
    });
    const stated = tf.tidy(() => {
      const logits = tf.matMul(tf.tensor2d(vectors, [rows.length, width]), classes);
      return tf.gather(tf.exp(tf.logSoftmax(logits)), columns, 1);
    });
    const probability = await stated.data();
    stated.dispose();
    for (const [row, product] of rows.entries()) {
      let size = 0;
      for (const [at, item] of fresh.entries()) {
        size = offer(heapKey, heapItem, size, KEPT, probability[row * fresh.length + at]!, item);
      }
      const best = Array.from(heapItem.subarray(0, size), (item, at) => ({ item, key: heapKey[at]! }));
      for (const { item, key } of best.sort((a, b) => a.item - b.item)) {
        target.push(item);
        weight.push(key);
      }
      start[product + 1] = size;
    }
  }
  tf.dispose([classes, columns]);
  for (let product = 0; product < products; product++) start[product + 1]! += start[product]!;
  return { start, target: Int32Array.from(target), weight: Float32Array.from(weight) };
}
