import { describe, expect, test } from 'vitest';
import { periodName, spanNames } from '../../src/screens/period-name.ts';

describe('the name of a period', () => {
  test('leaves out the year of a day of this year only', () => {
    expect(periodName('2026-05-01', 'en', 2026)).toBe('1 May');
    expect(periodName('2025-11-20', 'en', 2026)).toBe('20 Nov 2025');
    expect(periodName('2025-11-20', 'nl', 2026)).toBe('20 nov 2025');
    expect(periodName('2026-05', 'nl', 2026)).toBe('mei 2026');
    expect(periodName('2026-W18', 'en', 2026)).toBe('2026-W18');
  });

  test('tells the ends of a span apart', () => {
    expect(spanNames('2026-10-31', '2026-11-27', 'en', 2026)).toEqual(['31 Oct', '27 Nov']);
    expect(spanNames('2025-11-29', '2026-11-28', 'en', 2026)).toEqual(['29 Nov 2025', '28 Nov 2026']);
    expect(spanNames('2024-11-29', '2025-11-28', 'nl', 2026)).toEqual(['29 nov 2024', '28 nov 2025']);
    expect(spanNames('2025-11-01', '2025-11-28', 'en', 2026)).toEqual(['1 Nov 2025', '28 Nov 2025']);
  });
});
