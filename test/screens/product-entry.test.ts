import { beforeEach, expect, test } from 'vitest';
import type { Product } from '../../src/screens/live-protocol.ts';
import { ProductEntry } from '../../src/screens/product-entry.ts';
import { emptyTill } from '../../src/screens/till-state.ts';

const milk: Product = { id: 'milk', name: 'Whole Milk', unitPrice: 1.19 };
const tea: Product = { id: 'tea', name: 'Tea', unitPrice: 2 };

/** What happened to the register, in order. */
let done: string[];
/** The answers that the gateway still owes, by the code asked for. */
let owed: Map<string, (product: Product | null) => void>;
let entry: ProductEntry;

beforeEach(() => {
  done = [];
  owed = new Map();
  const register = {
    state: emptyTill('b1'),
    status: 'connected' as const,
    add: ({ id }: Product) => void done.push(id),
    pay: () => {
      register.state = emptyTill('b2');
      return done.push('paid') > 0;
    },
  };
  entry = new ProductEntry(register, { byCode });
});

function byCode(code: string): Promise<Product | null> {
  return new Promise((resolve) => owed.set(code, resolve));
}

async function answer(code: string, product: Product | null): Promise<void> {
  owed.get(code)!(product);
  await settled();
}

/** Everything that has been answered has had its effect. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('codes scanned while the gateway is slow all get into the basket, in the order of scanning', async () => {
  entry.scan('1');
  entry.scan('2');
  await answer('2', tea);
  expect(done).toEqual([]);
  await answer('1', milk);
  expect(done).toEqual(['milk', 'tea']);
  expect(entry.added).toEqual(tea);
});

test('an unknown code is reported until something is typed or tapped, whatever is scanned after it', async () => {
  entry.scan('1');
  entry.scan('2');
  await answer('1', null);
  await answer('2', tea);
  expect(entry.missing).toEqual(['1']);
  entry.add(milk);
  expect(entry.missing).toEqual([]);
});

test('paying waits for what is still looked for', async () => {
  entry.scan('1');
  entry.pay();
  await settled();
  expect(done).toEqual([]);
  await answer('1', milk);
  expect(done).toEqual(['milk', 'paid']);
});

test('nothing is paid while an unfound product has not been noticed', async () => {
  entry.scan('1');
  entry.pay();
  await answer('1', null);
  expect(done).toEqual([]);
  entry.pay();
  await settled();
  expect(done).toEqual(['paid']);
  expect(entry.missing).toEqual([]);
});

test('a product that is not found again prevents payment again; closing the notice does not', async () => {
  entry.scan('1');
  await answer('1', null);
  entry.scan('1');
  entry.pay();
  await answer('1', null);
  expect(done).toEqual([]);
  entry.scan('2');
  entry.pay();
  entry.forgetMissing();
  await answer('2', milk);
  expect(done).toEqual(['milk', 'paid']);
});
