import { NO_HOUR } from '../../src/recommender/time-of-day.ts';
import { seededRandom } from '../../src/training/random.ts';
import type { IngestReport, Receipts } from '../../src/training/receipts.ts';

export interface BasketSpec {
  readonly items: readonly string[];
  readonly store?: string;
  readonly customer?: string;
  readonly atMs?: number;
  /** Of the day; not known where not given. */
  readonly hour?: number;
  /** Units of each line; 1 where not given. */
  readonly units?: Readonly<Record<string, number>>;
}

const FIRST_MS = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

/** Receipts of baskets in order of time, an hour apart where no time is given. */
export function receiptsOf(baskets: readonly (BasketSpec | readonly string[])[], hasTime = true): Receipts {
  const specs = baskets.map((basket): BasketSpec => ('items' in basket ? basket : { items: basket }));
  const productIds = numbered(specs.flatMap(({ items }) => items));
  const storeIds = numbered(specs.flatMap(({ store }) => store ?? []));
  const customerIds = numbered(specs.flatMap(({ customer }) => customer ?? []));
  const rows = specs.map(({ items }) =>
    [...new Set(items.map((id) => productIds.indexOf(id)))].sort((a, b) => a - b),
  );
  const basketStart = new Int32Array(specs.length + 1);
  for (let basket = 0; basket < rows.length; basket++)
    basketStart[basket + 1] = basketStart[basket]! + rows[basket]!.length;
  return {
    productIds,
    storeIds,
    customerIds,
    basketStart,
    items: Int32Array.from(rows.flat()),
    quantity: Float32Array.from(
      rows.flatMap((row, basket) => row.map((item) => specs[basket]!.units?.[productIds[item]!] ?? 1)),
    ),
    soldAtMs: Float64Array.from(specs, ({ atMs }, basket) =>
      hasTime ? (atMs ?? FIRST_MS + basket * HOUR_MS) : basket,
    ),
    store: Int32Array.from(specs, ({ store }) => (store === undefined ? -1 : storeIds.indexOf(store))),
    customer: Int32Array.from(specs, ({ customer }) =>
      customer === undefined ? -1 : customerIds.indexOf(customer),
    ),
    hour: Uint8Array.from(specs, ({ hour = NO_HOUR }) => hour),
    timeZone: 'UTC',
    hasTime,
    products: productIds.map((id) => ({ id })),
  };
}

export function reportOf(receipts: Receipts): IngestReport {
  const rows = receipts.items.length;
  return { files: [], rowsRead: rows, rowsKept: rows, dropped: {}, fingerprint: 'f'.repeat(64) };
}

/**
 * Baskets of a shop with known truth: products `p00`… bought independently with falling popularity, and pairs
 * `pair00a` → `pair00b` of which the second follows the first seven times in ten and is rarely bought otherwise.
 */
export function plantedBaskets(options: {
  readonly baskets: number;
  readonly products: number;
  readonly pairs: number;
  readonly seed: number;
}): string[][] {
  const random = seededRandom(options.seed);
  const two = (number: number) => String(number).padStart(2, '0');
  return Array.from({ length: options.baskets }, () => {
    const items = new Set<string>();
    for (let product = 0; product < options.products; product++)
      if (random() < 0.5 / (product + 2)) items.add(`p${two(product)}`);
    for (let pair = 0; pair < options.pairs; pair++) {
      const hasFirst = random() < 0.06;
      if (hasFirst) items.add(`pair${two(pair)}a`);
      if (random() < (hasFirst ? 0.7 : 0.01)) items.add(`pair${two(pair)}b`);
    }
    return [...items];
  }).filter((items) => items.length > 0);
}

/** The same basket lengths and product counts with all co-occurrence destroyed. */
export function shuffledBaskets(baskets: readonly (readonly string[])[], seed: number): string[][] {
  const random = seededRandom(seed);
  const rows = baskets.map((items) => [...items]);
  const lines = rows.flatMap((items, row) => items.map((_, slot) => [row, slot] as const));
  for (let swap = 0; swap < 20 * lines.length; swap++) {
    const [rowA, slotA] = lines[Math.floor(random() * lines.length)]!;
    const [rowB, slotB] = lines[Math.floor(random() * lines.length)]!;
    const [a, b] = [rows[rowA]![slotA]!, rows[rowB]![slotB]!];
    if (rows[rowA]!.includes(b) || rows[rowB]!.includes(a)) continue;
    rows[rowA]![slotA] = b;
    rows[rowB]![slotB] = a;
  }
  return rows;
}

function numbered(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
