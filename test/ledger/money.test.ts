import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currencyDigits, fromMinorUnits, MINOR_UNITS_MAX, toMinorUnits } from '../../src/ledger/money.ts';

const currency = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD', 'CLF', 'XXX');
const minorUnits = fc.integer({ min: -MINOR_UNITS_MAX, max: MINOR_UNITS_MAX });

/** Decimal text of minor units, made without arithmetic on fractions. */
function decimalText(minor: number, digits: number): string {
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const point = text.length - digits;
  return `${minor < 0 ? '-' : ''}${text.slice(0, point)}.${text.slice(point)}0`;
}

describe('money', () => {
  test.each([
    [3.5, 'EUR', 350],
    [19.99, 'EUR', 1999],
    [1.005 * 1000, 'EUR', 100_500],
    [1200, 'JPY', 1200],
    [1.234, 'KWD', 1234],
    [0, 'EUR', 0],
    [-2.1, 'EUR', -210],
    [0.1 + 0.2, 'EUR', 30],
    [-1e-12, 'EUR', 0],
  ])('%d %s is %d minor units', (amount, code, minor) => {
    expect(toMinorUnits(amount, code)).toBe(minor);
  });

  test.each([
    [1.005, 'EUR', 'at most 2 decimals for EUR, got 1.005'],
    [0.5, 'JPY', 'at most 0 decimals for JPY'],
    [1.2345, 'KWD', 'at most 3 decimals'],
    [0.000_001, 'EUR', 'at most 2 decimals'],
    [Number.NaN, 'EUR', 'got NaN'],
    [Number.POSITIVE_INFINITY, 'EUR', 'got Infinity'],
    [1e14, 'EUR', 'at most 10000000000000 EUR'],
    [1, 'euro', 'ISO 4217'],
    [1, '__proto__', 'ISO 4217'],
  ])('%d %s is refused', (amount, code, text) => {
    expect(toMinorUnits(amount, code)).toEqual({ refused: expect.stringContaining(text) });
  });

  test('every decimal of the currency is taken exactly, and comes back exactly', () => {
    fc.assert(
      fc.property(currency, minorUnits, (code, minor) => {
        const amount = Number(decimalText(minor, currencyDigits(code)));
        expect(toMinorUnits(amount, code)).toBe(minor + 0);
        expect(toMinorUnits(fromMinorUnits(minor, code), code)).toBe(minor + 0);
      }),
      { numRuns: 2_000 },
    );
  });

  test('one decimal more than the currency has is refused, however large the amount', () => {
    const whole = fc.integer({ min: 0, max: 1e9 });
    fc.assert(
      fc.property(currency, whole, fc.integer({ min: 1, max: 9 }), (code, major, last) => {
        const digits = currencyDigits(code);
        const amount = Number(`${major}.${'0'.repeat(digits)}${last}`);
        expect(toMinorUnits(amount, code)).toEqual({ refused: expect.any(String) });
      }),
    );
  });
});
