import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CodeScanner } from '../../src/screens/code-scanner.ts';

let acts: string[];
let codes: string[];
let scanner: CodeScanner;

beforeEach(() => {
  vi.useFakeTimers();
  acts = [];
  codes = [];
  scanner = new CodeScanner((code) => codes.push(code));
});

afterEach(() => vi.useRealTimers());

function type(text: string, gapMs: number): void {
  for (const character of text) {
    scanner.type(character, () => acts.push(character));
    vi.advanceTimersByTime(gapMs);
  }
}

test.each(['1234567890123', '12AB345', '12-34-5678', '85123A', 'SYN/1.2', 'A+B 1'])(
  'a burst that ends with Enter is a code, and none of its characters is a shortcut (%s)',
  (code) => {
    type(code, 10);
    expect(scanner.enter()).toBe(true);
    vi.runAllTimers();
    expect(codes).toEqual([code]);
    expect(acts).toEqual([]);
  },
);

test('characters with pauses between them are keys, each done once', () => {
  type('1-y', 200);
  expect(acts).toEqual(['1', '-', 'y']);
  expect(scanner.enter()).toBe(false);
});

test('a key is done only when no burst can follow', () => {
  type('y', 80);
  expect(acts).toEqual([]);
  vi.advanceTimersByTime(10);
  expect(acts).toEqual(['y']);
});

test('a burst without its Enter is dropped rather than taken for answers', () => {
  type('12312', 10);
  vi.runAllTimers();
  expect(acts).toEqual([]);
  expect(codes).toEqual([]);
});
