import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type * as tensorflow from '@tensorflow/tfjs-core';

/** TensorFlow.js on the fastest backend of this machine. */
export interface TensorBackend {
  readonly tf: typeof tensorflow;
  readonly name: TensorBackendName;
}

/** `tensorflow` is the native library of @tensorflow/tfjs-node, where that is installed. */
export const TENSOR_BACKENDS = ['tensorflow', 'wasm', 'cpu'] as const;
export type TensorBackendName = (typeof TENSOR_BACKENDS)[number];

/**
 * Opens the first of `names` that loads and computes: native, else WebAssembly, else plain JavaScript. All give the same results
 * within the rounding of 32-bit floats.
 *
 * @throws Error with the reasons when none loads
 */
export async function openTensorBackend(
  names: readonly TensorBackendName[] = TENSOR_BACKENDS,
): Promise<TensorBackend> {
  const reasons: unknown[] = [];
  for (const name of names) {
    try {
      return { tf: await OPENERS[name](), name };
    } catch (reason) {
      reasons.push(reason);
    }
  }
  throw new AggregateError(reasons, `None of the TensorFlow.js backends ${names.join(', ')} can be loaded.`);
}

const OPENERS: Record<TensorBackendName, () => Promise<typeof tensorflow>> = {
  async tensorflow() {
    // Not a dependency: its installation compiles or downloads, which may not work on a fresh machine.
    const native: string = '@tensorflow/tfjs-node';
    const module = await import(native);
    return started(module.default ?? module, 'tensorflow');
  },
  async wasm() {
    const tf = await import('@tensorflow/tfjs-core');
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(`${dirname(main)}/`);
    return started(tf, 'wasm');
  },
  async cpu() {
    const tf = await import('@tensorflow/tfjs-core');
    await import('@tensorflow/tfjs-backend-cpu');
    return started(tf, 'cpu');
  },
};

/** Starts and tries a backend: a native library may load under a Node.js with which it cannot compute. */
async function started(tf: typeof tensorflow, name: TensorBackendName): Promise<typeof tensorflow> {
  if (!(await tf.setBackend(name))) throw new Error(`TensorFlow.js cannot start its backend ${name}.`);
  await tf.ready();
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([[2, 3]]), tf.tensor2d([[5], [7]])).dataSync()[0]);
  if (product !== 31) throw new Error(`TensorFlow.js cannot compute on its backend ${name}.`);
  return tf;
}
