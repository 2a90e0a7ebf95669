import type * as tensorflow from '@tensorflow/tfjs-core';

/** Summed loss of a batch and its gradients with respect to the vectors of its rows and classes. */
export interface SoftmaxGradients {
  readonly loss: number;
  /** [rows × width] */
  readonly rows: Float32Array;
  /** [classes × width] */
  readonly classes: Float32Array;
}

/**
 * Cross-entropy −Σ target · ln softmax(rows · classesᵀ + offset) and its gradients, written out: the WebAssembly backend has
 * no gradient of gather, and gathering from typed arrays is quicker than a kernel of ours was.
 *
 * @param rows [rows × width]
 * @param classes [classes × width]
 * @param target [rows × classes]; a row sums to its weight
 * @param offset [1 × classes] or [rows × classes], added to the logits
 */
export async function softmaxGradients(
  tf: typeof tensorflow,
  width: number,
  rows: Float32Array,
  classes: Float32Array,
  target: Float32Array,
  offset: Float32Array,
): Promise<SoftmaxGradients> {
  const rowCount = rows.length / width;
  const classCount = classes.length / width;
  const parts = tf.tidy(() => {
    const left = tf.tensor2d(rows, [rowCount, width]);
    const right = tf.tensor2d(classes, [classCount, width]);
    const wanted = tf.tensor2d(target, [rowCount, classCount]);
    // Transposed first: the WebAssembly backend multiplies by a transposed matrix ten times slower.
    const plain = tf.matMul(left, tf.transpose(right));
    const logProbability = tf.logSoftmax(
      tf.add(plain, tf.tensor2d(offset, [offset.length / classCount, classCount])),
    );
    const weight = tf.sum(wanted, 1, true);
    const excess = tf.sub(tf.mul(tf.exp(logProbability), weight), wanted) as tensorflow.Tensor2D;
    return [
      tf.neg(tf.sum(tf.mul(logProbability, wanted))),
      tf.matMul(excess, right),
      tf.matMul(tf.transpose(excess), left),
    ];
  });
  const [loss, rowsGradient, classesGradient] = await Promise.all(parts.map((part) => part.data()));
  tf.dispose(parts);
  return {
    loss: loss![0]!,
    rows: rowsGradient as Float32Array,
    classes: classesGradient as Float32Array,
  };
}
