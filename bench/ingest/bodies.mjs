import { seededRandom } from '../../dist/training/random.js';

const LINES = 4;

/**
 * Endless requests of a model's stores and products, seeded. Of four events a basket makes two suggestions are shown, one is taken and the
 * receipt of four lines is paid; no id comes twice.
 */
export function createBodies({ stores, products, currency }, seed) {
  const random = seededRandom(seed);
  const pick = (list) => list[Math.floor(random() * list.length)].id;
  let [made, place] = [0, 0];
  const now = () => new Date().toISOString();
  const facts = (kind) => ({ id: `${seed}-${kind}-${made++}`, at: now() });
  const line = () => ({
    productId: pick(products),
    quantity: 1,
    unitPrice: Math.ceil(random() * 2000) / 100,
  });
  const suggested = () => ({ decisionId: `d-${made >> 2}`, productId: pick(products) });
  const shown = () => ({ ...facts('shown'), type: 'shown', ...suggested() });
  const event = [
    shown,
    shown,
    () => ({ ...facts('outcome'), type: 'outcome', ...suggested(), result: 'accepted' }),
    () => ({
      ...facts('sale'),
      type: 'sale',
      basketId: `b-${made}`,
      storeId: pick(stores),
      currency: currency ?? 'USD',
      lines: Array.from({ length: LINES }, line),
    }),
  ];
  const many = (count, make) => Array.from({ length: count }, make);
  return {
    events: (count) => ({ events: many(count, () => event[made % event.length]()) }),
    /** So many products of a store that follow each other in the catalogue, one store after the other. */
    storeStock(count) {
      const { id: storeId } = stores[place++ % stores.length];
      const first = Math.floor(random() * Math.max(1, products.length - count));
      return {
        rows: products
          .slice(first, first + count)
          .map(({ id }) => ({ storeId, productId: id, onHand: Math.floor(random() * 500), asOf: now() })),
      };
    },
    changes: (count) => ({
      rows: many(count, () => ({
        storeId: pick(stores),
        productId: pick(products),
        onHandDelta: -1,
        changeId: `${seed}-${made++}`,
        asOf: now(),
      })),
    }),
  };
}
