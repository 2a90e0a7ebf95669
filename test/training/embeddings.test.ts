import { describe, expect, it } from 'vitest';
import type { Product } from '../../src/recommender/catalogue.ts';
import { basketMatrix, selectKnownItems } from '../../src/training/basket-matrix.ts';
import { countCoPurchases, weighBaskets } from '../../src/training/co-purchases.ts';
import { type EmbeddingOptions, type Embeddings, learnEmbeddings } from '../../src/training/embeddings.ts';
import { newProductRows } from '../../src/training/new-product-rows.ts';
import { describeProducts } from '../../src/training/product-features.ts';
import { seededRandom } from '../../src/training/random.ts';
import type { TensorBackend } from '../../src/training/tensor-backend.ts';
import { receiptsOf } from '../support/receipts-builder.ts';
import { openBackends } from '../support/tensor-backends.ts';

const KINDS = ['cup', 'lamp', 'sock', 'tea'] as const;
const PARTNER = { cup: 'tea', tea: 'cup', lamp: 'sock', sock: 'lamp' } as const;
const COLOURS = ['red', 'blue', 'green', 'black', 'white'];

/** Cups are bought with tea and lamps with socks, whatever their colour. */
function baskets(seed: number): string[][] {
  const random = seededRandom(seed);
  const of = (kind: string) => `${COLOURS[Math.floor(random() * COLOURS.length)]} ${kind}`;
  return Array.from({ length: 400 }, () => {
    const kind = KINDS[Math.floor(random() * KINDS.length)]!;
    return [...new Set([of(kind), of(PARTNER[kind])])];
  });
}

const receipts = receiptsOf(baskets(3));
const known = selectKnownItems(receipts, 0, receipts.soldAtMs.length);
const matrix = basketMatrix(receipts, known, 0, receipts.soldAtMs.length);
const counts = countCoPurchases(
  matrix,
  weighBaskets(matrix, { halfLife: Number.POSITIVE_INFINITY, lengthExponent: 1 }),
);
const named = (name: string): Product => ({ id: name, name, category: '', active: true });
/** The products sold, then two that never were. */
const products = [...receipts.productIds.map(named), named('golden tea'), named('golden sock')];
const itemOf = (name: string) => products.findIndex(({ id }) => id === name);
const features = describeProducts(products);
const small: EmbeddingOptions = { seed: 1, dimensions: 8, epochs: 30 };

const backends = await openBackends();
if (!backends.some(({ name }) => name === 'tensorflow'))
  console.warn('SKIPPED: @tensorflow/tfjs-node does not load; its embeddings were NOT compared');

async function learnOn({ tf, name }: TensorBackend, options: Partial<EmbeddingOptions> = {}) {
  await tf.setBackend(name);
  return learnEmbeddings({ tf, name }, counts, features, { ...small, ...options });
}

function stated({ width, in: left, out }: Embeddings, from: string): number[] {
  const logits = products.map((_, item) => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += left[itemOf(from) * width + k]! * out[item * width + k]!;
    return Math.exp(sum);
  });
  const total = logits.reduce((sum, value) => sum + value, 0);
  return logits.map((value) => value / total);
}

function massOf(probability: readonly number[], kind: string): number {
  return probability.reduce((sum, p, item) => sum + (products[item]!.name.endsWith(kind) ? p : 0), 0);
}

describe('embeddings', () => {
  it.each(backends)('on $name tell what is bought beside what', async (backend) => {
    const embeddings = await learnOn(backend);
    expect(massOf(stated(embeddings, 'red cup'), 'tea')).toBeGreaterThan(0.8);
    expect(massOf(stated(embeddings, 'blue lamp'), 'sock')).toBeGreaterThan(0.8);
    expect(embeddings.losses.at(-1)).toBeLessThan(embeddings.losses[0]!);
  });

  it.each(backends)('on $name give a product without sales the vectors of its kind', async (backend) => {
    const probability = stated(await learnOn(backend), 'red cup');
    expect(probability[itemOf('golden tea')]).toBeGreaterThan(10 * probability[itemOf('golden sock')]!);
  });

  it.each(backends)('on $name are the same for the same seed, and others for another', async (backend) => {
    const [once, again, other] = [
      await learnOn(backend),
      await learnOn(backend),
      await learnOn(backend, { seed: 2 }),
    ];
    expect(again).toEqual(once);
    expect(other.in).not.toEqual(once.in);
  });

  it('are the same on all backends but for rounding', async () => {
    const all = [];
    for (const backend of backends) all.push(stated(await learnOn(backend, { epochs: 5 }), 'red cup'));
    expect(all.length).toBeGreaterThan(1);
    for (const other of all.slice(1)) {
      for (const [item, probability] of other.entries())
        expect(Math.abs(probability - all[0]![item]!)).toBeLessThan(1e-4);
    }
  });

  it('by a sampled softmax tell the same: its corrected loss estimates that of the full one', async () => {
    const embeddings = await learnOn(backends[0]!, { fullSoftmaxMax: 0, epochs: 40 });
    const full = await learnOn(backends[0]!);
    expect(massOf(stated(embeddings, 'red cup'), 'tea')).toBeGreaterThan(0.8);
    expect(massOf(stated(embeddings, 'blue lamp'), 'sock')).toBeGreaterThan(0.8);
    expect(Math.abs(embeddings.losses.at(-1)! - full.losses.at(-1)!)).toBeLessThan(0.3);
  });

  it('become rows of the new products for every known one, with the probabilities that they state', async () => {
    const backend = backends[0]!;
    const embeddings = await learnOn(backend);
    const fresh = Int32Array.of(itemOf('golden tea'), itemOf('golden sock'));
    const rows = await newProductRows(backend, embeddings, (item) => !fresh.includes(item), fresh);
    for (const name of ['red cup', 'white sock']) {
      const row = itemOf(name);
      const probability = stated(embeddings, name);
      const cells = rows.target.slice(rows.start[row], rows.start[row + 1]);
      expect([...cells].sort()).toEqual([...fresh].sort());
      for (let at = rows.start[row]!; at < rows.start[row + 1]!; at++)
        expect(rows.weight[at]).toBeCloseTo(probability[rows.target[at]!]!, 5);
    }
    expect(rows.start.at(-1)).toBe(2 * receipts.productIds.length);
  });
});
