import { describe, expect, test } from 'vitest';
import { storeChoice } from '../../src/screens/store-choice.ts';

const known = [
  { id: 's6', name: 'Store 6' },
  { id: 's7', name: 'Store 7' },
];

describe('the figures of a key', () => {
  test('of all stores are of all of them until one is chosen', () => {
    expect(storeChoice(known, null, '')).toEqual({ stores: known, storeId: '', mayBeAll: true });
    expect(storeChoice(known, null, 's7').storeId).toBe('s7');
  });

  test('of some stores are of the first until another of them is chosen', () => {
    const own = ['s7', 'new'];
    expect(storeChoice(known, own, '')).toEqual({
      stores: [known[1], { id: 'new', name: 'new' }],
      storeId: 's7',
      mayBeAll: false,
    });
    expect(storeChoice(known, own, 'new').storeId).toBe('new');
    expect(storeChoice(known, own, 's6').storeId).toBe('s7');
  });
});
