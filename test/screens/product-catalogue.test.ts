import { afterEach, expect, test, vi } from 'vitest';
import { MemoryTextStore } from '../../src/screens/memory-text-store.ts';
import { ProductCache } from '../../src/screens/product-cache.ts';
import { ProductCatalogue } from '../../src/screens/product-catalogue.ts';

const product = (id: string) => ({ id, name: id, category: '', unitPrice: 1 });

/** A gateway that answers with these products, or is gone. */
function answerWith(ids: readonly string[] | undefined, unitPrice = 1): void {
  vi.stubGlobal('fetch', async () => {
    if (ids === undefined) throw new TypeError('the gateway is gone');
    return Response.json({ products: ids.map((id) => ({ ...product(id), unitPrice })) });
  });
}

afterEach(() => vi.unstubAllGlobals());

test('the best sellers keep their places when the gateway goes away, whatever was searched for', async () => {
  const catalogue = new ProductCatalogue(new ProductCache(new MemoryTextStore()));
  const { signal } = new AbortController();
  answerWith(['a', 'b', 'c']);
  await catalogue.bestSellers(null, signal);
  answerWith(['a']);
  await catalogue.search('a', signal);
  answerWith(undefined);
  const { products, fromMemory } = await catalogue.bestSellers(null, signal);
  expect(products.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(fromMemory).toBe(true);
});

test('a store that was never asked about shows what it has seen, not the shelf of another', async () => {
  const catalogue = new ProductCatalogue(new ProductCache(new MemoryTextStore()));
  const { signal } = new AbortController();
  catalogue.useStore('one');
  answerWith(['a', 'b']);
  await catalogue.bestSellers(null, signal);
  catalogue.useStore('other');
  answerWith(undefined);
  expect((await catalogue.bestSellers(null, signal)).products).toEqual([]);
});

test("a scanned product has the price of today, and the price last seen where the gateway can't say", async () => {
  const catalogue = new ProductCatalogue(new ProductCache(new MemoryTextStore()));
  answerWith(['a'], 11.39);
  await catalogue.byCode('a', true);
  answerWith(['a'], 22.78);
  expect((await catalogue.byCode('a', false))?.unitPrice).toBe(11.39);
  expect((await catalogue.byCode('a', true))?.unitPrice).toBe(22.78);
  answerWith(undefined);
  expect((await catalogue.byCode('a', true))?.unitPrice).toBe(22.78);
  expect((await catalogue.byCode('a', false))?.unitPrice).toBe(22.78);
});

test('a product that the gateway no longer sells is not sold from memory while there is a connection', async () => {
  const catalogue = new ProductCatalogue(new ProductCache(new MemoryTextStore()));
  answerWith(['a']);
  await catalogue.byCode('a', true);
  answerWith([]);
  expect(await catalogue.byCode('a', true)).toBeNull();
});
