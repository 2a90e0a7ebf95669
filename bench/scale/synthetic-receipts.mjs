import { lowerBound } from '../../dist/recommender/bisect.js';
import { NO_HOUR } from '../../dist/recommender/time-of-day.js';
import { seededRandom } from '../../dist/training/random.js';

/** Products of one need: what is bought for one purpose, such as breakfast or painting a wall. */
const PRODUCTS_PER_NEED = 40;
const LINES_MEAN = 6;
const LINES_MAX = 60;
/** Share of the lines that have nothing to do with the basket's needs. */
const STRAY_SHARE = 0.3;
/** Share of the baskets whose customer is known. */
const KNOWN_SHARE = 0.3;
const BASKETS_PER_CUSTOMER = 20;
const STORES = 20;
const YEAR_MS = 365 * 24 * 3600 * 1000;
const NEWEST_MS = Date.parse('2026-06-30T20:00:00Z');

/**
 * Cleaned receipts of a shop with Zipf popularity and clustered baskets: each serves one to three needs, known customers
 * have needs of their own. The same arguments give the same receipts.
 */
export function syntheticReceipts({ baskets, products, seed }) {
  const random = seededRandom(seed);
  const zipf = zipfDraw(products, random);
  const needs = Math.max(1, Math.floor(products / PRODUCTS_PER_NEED));
  const inNeed = zipfDraw(PRODUCTS_PER_NEED, random);
  const needDraw = zipfDraw(needs, random);
  const customers = Math.max(1, Math.floor((baskets * KNOWN_SHARE) / BASKETS_PER_CUSTOMER));
  const basketStart = new Int32Array(baskets + 1);
  const customer = new Int32Array(baskets).fill(-1);
  const store = new Int32Array(baskets);
  let items = new Int32Array(baskets * (LINES_MEAN + 2));
  const lines = new Set();
  for (let basket = 0; basket < baskets; basket++) {
    lines.clear();
    store[basket] = Math.floor(random() * STORES);
    if (random() < KNOWN_SHARE) customer[basket] = Math.floor(random() * customers);
    const own = customer[basket] < 0 ? needDraw() : (customer[basket] * 7919) % needs;
    const served = [own, ...(random() < 0.5 ? [needDraw()] : []), ...(random() < 0.2 ? [needDraw()] : [])];
    const length = Math.min(LINES_MAX, 1 + Math.floor(-Math.log(1 - random()) * (LINES_MEAN - 0.5)));
    for (let line = 0; line < length; line++) {
      const need = served[Math.floor(random() * served.length)];
      // A need's products lie apart in popularity, so that each has best sellers and rare ones.
      lines.add(random() < STRAY_SHARE ? zipf() : Math.min(products - 1, need + inNeed() * needs));
    }
    const sorted = [...lines].sort((a, b) => a - b);
    const end = basketStart[basket] + sorted.length;
    if (end > items.length) items = grown(items, end);
    items.set(sorted, basketStart[basket]);
    basketStart[basket + 1] = end;
  }
  const digits = String(products).length;
  const productIds = Array.from({ length: products }, (_, at) => `p${String(at).padStart(digits, '0')}`);
  return {
    productIds,
    storeIds: Array.from({ length: STORES }, (_, at) => `s${at}`),
    customerIds: Array.from({ length: customers }, (_, at) => `c${at}`),
    basketStart,
    items: items.slice(0, basketStart[baskets]),
    quantity: new Float32Array(basketStart[baskets]).fill(1),
    soldAtMs: Float64Array.from(
      { length: baskets },
      (_, at) => NEWEST_MS - YEAR_MS + (YEAR_MS * at) / baskets,
    ),
    store,
    customer,
    hour: new Uint8Array(baskets).fill(NO_HOUR),
    timeZone: 'UTC',
    hasTime: true,
    products: productIds.map((id, at) => ({ id, unitPrice: 1 + (at % 50), unitCost: 0.6 + 0.6 * (at % 50) })),
  };
}

/** Draws 0 … n - 1 with chances falling as 1 / rank. */
function zipfDraw(n, random) {
  const sums = new Float64Array(n);
  let total = 0;
  for (let rank = 0; rank < n; rank++) sums[rank] = total += 1 / (rank + 1);
  return () => lowerBound(sums, random() * total, 0, n - 1);
}

function grown(items, least) {
  const wider = new Int32Array(Math.max(least, 2 * items.length));
  wider.set(items);
  return wider;
}
