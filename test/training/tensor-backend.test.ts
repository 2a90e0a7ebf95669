import { afterEach, expect, it, vi } from 'vitest';
import { openTensorBackend } from '../../src/training/tensor-backend.ts';

afterEach(() => {
  vi.doUnmock('@tensorflow/tfjs-node');
});

/** The native library as it loads, with what its operations do. */
function native(matMul: () => { dataSync(): number[] }) {
  return {
    setBackend: async () => true,
    ready: async () => {},
    tidy: (run: () => unknown) => run(),
    tensor2d: (values: unknown) => values,
    matMul,
  };
}

it('takes the native library where it computes', async () => {
  const library = native(() => ({ dataSync: () => [31] }));
  vi.doMock('@tensorflow/tfjs-node', () => ({ default: library }));
  expect(await openTensorBackend()).toEqual({ tf: library, name: 'tensorflow' });
});

it('takes WebAssembly where the native library loads and cannot compute', async () => {
  vi.doMock('@tensorflow/tfjs-node', () => ({
    default: native(() => {
      throw new TypeError('util.isNullOrUndefined is not a function');
    }),
  }));
  const { tf, name } = await openTensorBackend();
  expect(name).toBe('wasm');
  expect(tf.sum(tf.tensor1d([1, 2])).dataSync()[0]).toBe(3);
  await expect(openTensorBackend(['tensorflow'])).rejects.toThrow(/backends tensorflow can be loaded/);
});
