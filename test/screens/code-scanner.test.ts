import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CodeScanner } from '../../src/screens/code-scanner.ts';

let keys: string[];
let codes: string[];
let scanner: CodeScanner;

beforeEach(() => {
  vi.useFakeTimers();
  keys = [];
  codes = [];
  scanner = new CodeScanner({ onKey: (key) => keys.push(key), onCode: (code) => codes.push(code) });
});

afterEach(() => vi.useRealTimers());

function type(text: string, gapMs: number): void {
  for (const digit of text) {
    scanner.type(digit);
    vi.advanceTimersByTime(gapMs);
  }
}

test('a burst of digits that ends with Enter is a barcode, and accepts nothing', () => {
  type('1234567890123', 10);
  expect(scanner.enter()).toBe(true);
  vi.runAllTimers();
  expect(codes).toEqual(['1234567890123']);
  expect(keys).toEqual([]);
});

test('single digits are keys', () => {
  type('12', 200);
  expect(keys).toEqual(['1', '2']);
  expect(scanner.enter()).toBe(false);
});

test('a burst without its Enter is dropped rather than taken for answers', () => {
  type('12312', 10);
  vi.runAllTimers();
  expect(keys).toEqual([]);
  expect(codes).toEqual([]);
});
