import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalMark, isBlank, parseNumber } from '../../../src/training/ingest/number-text.ts';

const amount = fc.record({ whole: fc.nat(999_999_999), cents: fc.nat(99), isNegative: fc.boolean() });

function written(
  { whole, cents, isNegative }: { whole: number; cents: number; isNegative: boolean },
  group: string,
  mark: string,
): string {
  const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, group);
  return `${isNegative ? '-' : ''}${grouped}${mark}${String(cents).padStart(2, '0')}`;
}

describe('numbers in files', () => {
  it('reads an amount with two decimals alike in every notation, whatever the mark of the column', () => {
    fc.assert(
      fc.property(amount, fc.constantFrom('point', 'comma', 'contradictory'), (parts, mark) => {
        const value = Number(written(parts, '', '.'));
        for (const text of [
          written(parts, '', '.'),
          written(parts, ',', '.'),
          written(parts, '', ','),
          written(parts, '.', ','),
          written(parts, ' ', ','),
          `€ ${written(parts, '.', ',')}`,
          `EUR ${written(parts, '.', ',')}`,
          `${written(parts, '.', ',')} PLN`,
        ])
          expect(parseNumber(text, mark)).toBe(value);
      }),
    );
  });

  it('reads prices without cents, which are not below nothing', () => {
    for (const text of ['3,-', '3.-', '€ 3,-', '3,--', 'CHF 3.-', '3,\u2013', '3 eur'])
      expect(parseNumber(text, 'point'), text).toBe(3);
    expect(parseNumber('1.234,-', 'point')).toBe(1234);
    expect(decimalMark(['1.234,-'], 'point')).toBe('comma');
  });

  it('reads what bookkeeping writes below nothing, with a currency or without', () => {
    for (const text of [
      '-3.5',
      '(3.50)',
      '3.50-',
      '\u22123,50',
      '($3.50)',
      '-€3,50',
      '€ 3,50-',
      '(EUR 3.50)',
      '3.50 EUR-',
    ])
      expect(parseNumber(text, 'point'), text).toBe(-3.5);
    for (const text of [
      '(',
      ')',
      '()',
      '-',
      '--',
      '-3-',
      '-(3)',
      '(-3)',
      '3 pcs',
      'SKU 3',
      'EURO 3',
      '2 x 3',
    ])
      expect(parseNumber(text, 'point'), text).toBeUndefined();
  });

  it('reads what JavaScript prints', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (value) => {
        expect(parseNumber(String(value), 'point')).toBe(Number(String(value)));
      }),
      { examples: [[-0]] },
    );
  });

  it('reads one mark before three digits as the column does, or not at all if the column is inconsistent', () => {
    expect(parseNumber('1,234', 'point')).toBe(1234);
    expect(parseNumber('1,234', 'comma')).toBe(1.234);
    expect(parseNumber('1.234', 'point')).toBe(1.234);
    expect(parseNumber('1.234', 'comma')).toBe(1234);
    expect(parseNumber('1.234', 'contradictory')).toBeUndefined();
    expect(parseNumber('0.234', 'comma')).toBe(0.234);
  });

  it('takes three digits behind a zero for decimals, because thousands never begin with one', () => {
    for (const mark of ['point', 'comma', 'contradictory'] as const) {
      expect(parseNumber('0,250', mark)).toBe(0.25);
      expect(parseNumber('-0,995', mark)).toBe(-0.995);
      expect(parseNumber('0.995', mark)).toBe(0.995);
      expect(parseNumber('0,250,000', mark)).toBeUndefined();
    }
    expect(decimalMark(['0,250', '1,500'], 'point')).toBe('comma');
    expect(decimalMark(['0,250', '1,5'], 'point')).toBe('comma');
    expect(decimalMark(['0.250', '1.500'], 'comma')).toBe('point');
  });

  it('takes the mark of a column from the values that can be read in one way only', () => {
    expect(decimalMark(['1,234', '2,5'], 'point')).toBe('comma');
    expect(decimalMark(['1,234', '2.5'], 'comma')).toBe('point');
    expect(decimalMark(['1.234.567'], 'point')).toBe('comma');
    expect(decimalMark(['1,234', '7'], 'point')).toBe('point');
    expect(decimalMark(['1,5', '1.5'], 'point')).toBe('contradictory');
  });

  it('refuses words, dates, half groups and amounts beyond reason', () => {
    for (const text of [
      '',
      'abc',
      '1-2',
      '1,2,3',
      '12,34,567',
      '1.2.3',
      '--1',
      '1e999',
      'Infinity',
      '0x10',
      '5000000000000',
    ])
      expect(parseNumber(text, 'point'), text).toBeUndefined();
  });

  it('never throws and never answers anything but a finite number', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const value = parseNumber(text, 'point');
        expect(value === undefined || Number.isFinite(value)).toBe(true);
      }),
    );
  });

  it('knows the words that exports write for a missing value', () => {
    for (const text of ['', 'NULL', 'NaN', 'n/a', '\\N']) expect(isBlank(text), text).toBe(true);
    expect(isBlank('0')).toBe(false);
  });
});
