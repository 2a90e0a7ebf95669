import { describe, expect, test } from 'vitest';
import { storeChoice } from '../../src/screens/store-choice.ts';

const known = [
  { id: 's6', name: 'Store 6' },
  { id: 's7', name: 'Store 7' },
];

const choice = (own: readonly string[] | null, chosen: string, selling: readonly string[] = []) =>
  storeChoice({ known, selling, own, chosen });

describe('the figures of a key', () => {
  test('of all stores are of all of them until one is chosen', () => {
    expect(choice(null, '')).toEqual({ stores: known, storeId: '', mayBeAll: true });
    expect(choice(null, 's7').storeId).toBe('s7');
  });

  test('of all stores may be those of a store that the model does not know, once it has sold something', () => {
    const { stores, storeId } = choice(null, 'new', ['s7', 'new', 'new']);
    expect(stores).toEqual([...known, { id: 'new', name: 'new' }]);
    expect(storeId).toBe('new');
  });

  test('of some stores are of the first until another of them is chosen', () => {
    const own = ['s7', 'new'];
    expect(choice(own, '')).toEqual({
      stores: [known[1], { id: 'new', name: 'new' }],
      storeId: 's7',
      mayBeAll: false,
    });
    expect(choice(own, 'new').storeId).toBe('new');
    expect(choice(own, 's6').storeId).toBe('s7');
  });
});
