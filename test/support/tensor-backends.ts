import { openTensorBackend, TENSOR_BACKENDS, type TensorBackend } from '../../src/training/tensor-backend.ts';

/** Every backend that this machine has; one after the other, as TensorFlow.js computes on one at a time. */
export async function openBackends(): Promise<TensorBackend[]> {
  const backends: TensorBackend[] = [];
  for (const name of TENSOR_BACKENDS) {
    const opened = await openTensorBackend([name]).catch(() => undefined);
    if (opened) backends.push(opened);
  }
  return backends;
}
