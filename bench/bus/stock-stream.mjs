import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../../dist/training/random.js';

/** Rows of one request. */
export const ROWS_AT_ONCE = 100;

/** Products whose rows are only stated to time their way. */
export const MARKED_PRODUCTS = 50;

/** Endless stock rows of a model's stores and its other products, seeded. */
export function createRows({ stores, products }, seed) {
  const random = seededRandom(seed);
  const others = products.slice(MARKED_PRODUCTS);
  const pick = (list) => list[Math.floor(random() * list.length)].id;
  return (count) =>
    Array.from({ length: count }, () => ({
      storeId: pick(stores),
      productId: pick(others),
      onHand: Math.floor(random() * 500),
      asOf: new Date().toISOString(),
    }));
}

/** Calls `send` with rows at a rate until the time is up, whether or not it is done with those before; rows sent a second. */
export async function sendAtRate({ nextRows, rate, seconds, send }) {
  const started = performance.now();
  const underWay = new Set();
  let sent = 0;
  for (;;) {
    const elapsed = (performance.now() - started) / 1000;
    if (elapsed >= seconds) break;
    while (sent < elapsed * rate) {
      sent += ROWS_AT_ONCE;
      const sending = send(nextRows(ROWS_AT_ONCE)).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
    await wait(2);
  }
  await Promise.all(underWay);
  return sent / ((performance.now() - started) / 1000);
}
