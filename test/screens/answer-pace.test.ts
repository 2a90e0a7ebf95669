import { expect, test } from 'vitest';
import { AnswerPace } from '../../src/screens/answer-pace.ts';

test('an answer counts, and so does one to the next prompt once that can have been read', () => {
  const pace = new AnswerPace();
  expect(pace.isMeant(0)).toBe(true);
  expect(pace.isMeant(600)).toBe(true);
});

test('a word typed by mistake, or a key or button hit repeatedly, counts as one answer at most', () => {
  const pace = new AnswerPace();
  const pressedMs = [1000, 1300, 1600, 1900, 2200];
  expect(pressedMs.filter((atMs) => pace.isMeant(atMs))).toEqual([1000]);
});
