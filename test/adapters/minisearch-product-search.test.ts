import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProductSearch, prepareProductSearch } from '../../src/adapters/minisearch-product-search.ts';
import type { Product } from '../../src/recommender/catalogue.ts';

const products: Product[] = [
  { id: '100', name: 'Whole milk 1 l', category: 'Dairy/Milk', barcode: '8710400280507' },
  { id: '101', name: 'Milk chocolate bar', category: 'Sweets' },
  { id: 'A-7', name: 'Coffee beans dark roast', category: 'Drinks/Coffee' },
  { id: '8710400280508', name: 'Oat drink', category: 'Dairy/Plant' },
  { id: 'c++', name: 'Crème brûlée (2 pcs)', category: 'Sweets' },
  { id: '777', name: 'milk', category: 'Dairy/Milk' },
].map((product) => ({ active: true, ...product }));
const popularity = Float32Array.of(0.3, 0.1, 0.2, 0.01, 0, 0.01);
const search = createProductSearch(products, popularity);
const everything = () => true;
const ids = (text: string, limit = 10, accepts: (item: number) => boolean = everything) =>
  search.find(text, limit, accepts).map((item) => products[item]!.id);

describe('the product search of a till', () => {
  it('finds by the beginning of a word, in any case', () => {
    expect(ids('cof')).toEqual(['A-7']);
    expect(ids('CHOCO')).toEqual(['101']);
    expect(ids('mi')).toEqual(expect.arrayContaining(['100', '101', '777']));
  });

  it('finds words in any order, and asks for all of them', () => {
    expect(ids('roast coffee')).toEqual(['A-7']);
    expect(ids('bar milk')).toEqual(['101']);
    expect(ids('milk coffee')).toEqual([]);
  });

  it('forgives one typo in a word: a letter wrong, missing or too many', () => {
    for (const typed of ['chocolade', 'chocolte', 'choocolate', 'coffe', 'cofffee beans'])
      expect(ids(typed), typed).toHaveLength(1);
    expect(ids('kofee')).toEqual([]);
  });

  it('finds by category', () => {
    expect(ids('dairy').sort()).toEqual(['100', '777', '8710400280508'].sort());
  });

  it('puts an exact barcode or id first', () => {
    expect(ids('8710400280507')[0]).toBe('100');
    expect(ids('8710400280508')[0]).toBe('8710400280508');
    expect(ids(' a-7 ')[0]).toBe('A-7');
    expect(ids('777')[0]).toBe('777');
    expect(ids('c++')[0]).toBe('c++');
  });

  it('gives only what the filter accepts, even for exact codes, and no more than the limit', () => {
    expect(ids('milk', 10, (item) => products[item]!.category === 'Sweets')).toEqual(['101']);
    expect(ids('8710400280507', 10, (item) => item !== 0)).not.toContain('100');
    expect(ids('milk', 1)).toHaveLength(1);
    expect(ids('777', 0)).toEqual([]);
  });

  it('puts the more popular of two equally good matches first', () => {
    const twins = ['x', 'y'].map((id): Product => ({ id, name: 'Tea', category: '', active: true }));
    expect(createProductSearch(twins, Float32Array.of(0.1, 0.6)).find('tea', 2, everything)).toEqual([1, 0]);
  });

  it('answers any text with known items, each once', () => {
    const odd = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', ' ', '.*', '[', '\\', '(?:', '🥛', '\u0000', "'", '__proto__', 'constructor'),
    );
    fc.assert(
      fc.property(odd, fc.integer({ min: 0, max: 8 }), (text, limit) => {
        const found = search.find(text, limit, everything);
        expect(found.length).toBeLessThanOrEqual(limit);
        expect(new Set(found).size).toBe(found.length);
        expect(found.every((item) => item in products)).toBe(true);
      }),
    );
    for (const nothing of ['', '   ', '.*', '🥛', '()', '__proto__'])
      expect(ids(nothing), nothing).toEqual([]);
  });

  it('answers a very long text at once, and cannot be made to exhaust the memory', () => {
    const started = performance.now();
    expect(ids('m'.repeat(1_000_000))).toEqual([]);
    ids('milk '.repeat(100_000));
    ids(Array.from({ length: 20_000 }, (_, at) => `w${at}`).join(' '));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('of an empty catalogue finds nothing', () => {
    expect(createProductSearch([], new Float32Array(0)).find('milk', 5, everything)).toEqual([]);
  });

  it('prepared a few products at a time finds the same', async () => {
    const many = Array.from({ length: 250 }, (_, at) => ({ ...products[at % 6]!, id: `n${at}` }));
    const shares = Float32Array.from(many, (_, at) => at / 250);
    const prepared = await prepareProductSearch(many, shares);
    const lazy = createProductSearch(many, shares);
    for (const text of ['mi', 'roast coffee', 'choclate', 'n249', 'dairy', '']) {
      expect(prepared.find(text, 40, everything), text).toEqual(lazy.find(text, 40, everything));
    }
  });
});
