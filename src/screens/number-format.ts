import type { Language } from './live-protocol.ts';

const locales: Readonly<Record<Language, string>> = { en: 'en-US', nl: 'nl-NL' };

/** Without a currency, the amount is formatted as a plain number with two decimals. */
export function formatMoney(amount: number, language: Language, currency: string | null): string {
  const style = currency
    ? ({ style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const)
    : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return new Intl.NumberFormat(locales[language], style).format(amount);
}

export function formatPercent(share: number, language: Language): string {
  const precision = Math.abs(share) < 0.01 ? { maximumSignificantDigits: 1 } : { maximumFractionDigits: 0 };
  return new Intl.NumberFormat(locales[language], { style: 'percent', ...precision }).format(share);
}

export function formatNumber(value: number, language: Language, digitsMax: number): string {
  return new Intl.NumberFormat(locales[language], { maximumFractionDigits: digitsMax }).format(value);
}

export function formatDays(days: number, language: Language): string {
  return formatNumber(days, language, 0);
}

/** With so many decimals, zeros too: for columns that are compared. */
export function formatFixed(value: number, language: Language, digits: number): string {
  return new Intl.NumberFormat(locales[language], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}
