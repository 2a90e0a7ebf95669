import { upperBound } from '../dist/recommender/bisect.js';
import { seededRandom } from '../dist/training/random.js';

/** How often a further product comes by the store's sales, not as a complement of one already there. */
const BY_SALES_SHARE = 0.25;
/** Draws for one product or basket before it is given up. */
const TRIES_MAX = 50;

/**
 * Baskets as the model's stores see them: the first product by the store's sales, each further one a complement of a
 * product already in the basket, by weight, or again by sales. Receipts are not in a model; their shape is.
 *
 * @param sizeOf products of the next basket, from a random number in [0, 1)
 * @returns `{ store, items }`: index of the store, distinct items ascending; no two alike. Fewer than `count` when a
 *   size has no more different baskets.
 */
export function drawBaskets(model, seed, count, sizeOf) {
  const random = seededRandom(seed);
  const stores = model.stores.map((_, store) => assortment(model, store));
  const seen = new Set();
  const baskets = [];
  for (let fails = 0; baskets.length < count && fails < TRIES_MAX; ) {
    const store = Math.floor(random() * stores.length);
    const items = drawBasket(model, stores[store], sizeOf(random()), random);
    const key = `${store}:${items.join(',')}`;
    if (seen.has(key)) fails++;
    else {
      seen.add(key);
      baskets.push({ store, items });
      fails = 0;
    }
  }
  return baskets;
}

function drawBasket(model, store, size, random) {
  const items = [drawBySales(store, random)];
  for (let tries = 0; items.length < size && tries < TRIES_MAX * size; tries++) {
    const source = items[Math.floor(random() * items.length)];
    const item =
      random() < BY_SALES_SHARE ? drawBySales(store, random) : drawComplement(model, source, random);
    if (store.sold.has(item) && !items.includes(item)) items.push(item);
  }
  return Int32Array.from(items).sort();
}

function assortment({ storeSales: { start, target, weight } }, store) {
  const items = target.subarray(start[store], start[store + 1]);
  let total = 0;
  const cumulative = Float64Array.from(weight.subarray(start[store], start[store + 1]), (sales) => {
    total += sales;
    return total;
  });
  return { items, cumulative, total, sold: new Set(items) };
}

function drawBySales({ items, cumulative, total }, random) {
  return items[upperBound(cumulative, random() * total, 0, items.length - 1)];
}

/** A complement in proportion to its weight; -1 when the product has none. */
function drawComplement({ complements: { start, target, weight } }, source, random) {
  let total = 0;
  for (let edge = start[source]; edge < start[source + 1]; edge++) total += Math.max(0, weight[edge]);
  let wanted = random() * total;
  for (let edge = start[source]; edge < start[source + 1]; edge++) {
    wanted -= Math.max(0, weight[edge]);
    if (wanted < 0) return target[edge];
  }
  return -1;
}
