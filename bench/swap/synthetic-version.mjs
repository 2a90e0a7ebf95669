import { openModelRegistry } from '../../dist/adapters/file-model-registry.js';
import { encodeModel } from '../../dist/adapters/model-files.js';
import { MODEL_FORMAT } from '../../dist/adapters/model-manifest.js';
import { indexPastBaskets } from '../../dist/recommender/past-baskets.js';
import { seededRandom } from '../simulated/random.mjs';

const COMPLEMENTS = 100;
const LINES = 5;
const STORES = 20;

/** Publishes a version of that size with the ranker of the shipped one; what it suggests means nothing. */
export async function publishSynthetic(folder, version, { products, baskets }) {
  const random = seededRandom(products, baskets);
  const { model: shipped } = await openModelRegistry('models').load('demo');
  const share = Float32Array.from({ length: products }, (_, item) => 1 / (item + 10));
  const complements = evenRows(products, COMPLEMENTS, products, random);
  const storeSales = evenRows(STORES, Math.min(products, 5000), products, random);
  const past = evenRows(baskets, LINES, products, random);
  const model = {
    ...shipped,
    version,
    products: Array.from({ length: products }, (_, item) => ({
      id: `p${item}`,
      name: `Product number ${item}`,
      category: `Group ${item % 100}`,
      unitPrice: 1 + (item % 50),
      unitCost: 0.5 + (item % 25),
      active: true,
    })),
    stores: Array.from({ length: STORES }, (_, at) => ({ id: `s${at}`, name: `Store ${at}`, baskets: 1000 })),
    complements,
    togetherShare: complements.weight,
    basketShare: share,
    past: indexPastBaskets(
      { start: past.start, items: past.target, age: new Float32Array(baskets) },
      products,
    ),
    storeSales,
    storeDemand: storeSales.weight,
  };
  const data = { fingerprint: 'synthetic', baskets, lines: baskets * LINES, products };
  await openModelRegistry(folder).publish(
    {
      format: MODEL_FORMAT,
      version,
      createdAt: new Date(0).toISOString(),
      codeVersion: 'bench',
      seed: 1,
      currency: 'EUR',
      knownProducts: products,
      parameters: {},
      data: { ...data, from: null, to: null },
    },
    new Map(Object.entries(encodeModel(model))),
  );
}

/** Rows of as many columns each, ascending, spread over all with a weight in [0, 1). */
function evenRows(rows, perRow, columns, random) {
  const start = Int32Array.from({ length: rows + 1 }, (_, row) => row * perRow);
  const target = new Int32Array(rows * perRow);
  const step = columns / perRow;
  for (let at = 0; at < target.length; at++)
    target[at] = Math.floor((at % perRow) * step + random() * step * 0.99);
  return { start, target, weight: Float32Array.from(target, random) };
}
