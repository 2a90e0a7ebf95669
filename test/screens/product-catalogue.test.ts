import { afterEach, expect, test, vi } from 'vitest';
import { ProductCache } from '../../src/screens/product-cache.ts';
import { ProductCatalogue } from '../../src/screens/product-catalogue.ts';
import { MemoryTextStore } from './memory-text-store.ts';

const product = (id: string) => ({ id, name: id, category: '', unitPrice: 1 });

/** A gateway that answers with these products, or is gone. */
function answerWith(ids: readonly string[] | undefined): void {
  vi.stubGlobal('fetch', async () => {
    if (ids === undefined) throw new TypeError('the gateway is gone');
    return Response.json({ products: ids.map(product) });
  });
}

afterEach(() => vi.unstubAllGlobals());

test('the best sellers stay in their places when the gateway goes, whatever was searched meanwhile', async () => {
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
