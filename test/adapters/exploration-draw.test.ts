import { describe, expect, test } from 'vitest';
import { explorationUnder, openExploration } from '../../src/adapters/exploration-draw.ts';
import { openHoldout } from '../../src/adapters/holdout-draw.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const key = Buffer.alloc(32, 7);

describe('the draw of a question', () => {
  test('is the same for equal questions after every start, and another one for any other', () => {
    const folder = temporaryFolder();
    const explore = () => openExploration(folder, 0.1)!;
    expect(explore()('t', 'b1', '1,2|')).toEqual(explore()('t', 'b1', '1,2|'));
    const draws = [
      explore()('t', 'b1', '1,2|'),
      explore()('t', 'b1', '1,2|3'),
      explore()('t', 'b2', '1,2|'),
      explore()('u', 'b1', '1,2|'),
    ];
    expect(new Set(draws.map(({ draw }) => draw)).size).toBe(draws.length);
  });

  test('is below the share in that share of the questions', () => {
    const explore = explorationUnder(key, 0.05);
    const count = 20_000;
    const explored = Array.from({ length: count }, (_, i) => explore('t', `b${i}`, '1|'));
    const below = explored.filter(({ draw, share }) => draw < share).length;
    // Five standard errors.
    expect(Math.abs(below - 0.05 * count)).toBeLessThan(5 * Math.sqrt(count * 0.05 * 0.95));
  });

  test('tells nothing about the side of the basket', () => {
    const folder = temporaryFolder();
    const assign = openHoldout(folder, { share: 0.5 });
    const explore = openExploration(folder, 0.2)!;
    const ids = Array.from({ length: 8000 }, (_, i) => `b${i}`);
    const explored = ids.filter((id) => explore('t', id, '1|').draw < 0.2);
    const heldOut = explored.filter((id) => assign('t', { basketId: id }).arm === 'holdout').length;
    expect(Math.abs(heldOut / explored.length - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / explored.length));
  });
});

test('nothing is drawn, and no key is made, where the share is 0', () => {
  const folder = temporaryFolder();
  expect(openExploration(folder, 0)).toBeUndefined();
});
