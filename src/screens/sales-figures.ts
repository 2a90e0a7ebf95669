import type { SalesAnswer, SalesMoney, SalesRow, Trend } from './manager-answers.ts';

export const FIGURES = [
  'revenue',
  'upsellMargin',
  'transactions',
  'average',
  'items',
  'attachRate',
  'acceptance',
] as const;
export type Figure = (typeof FIGURES)[number];

export function figureOf(row: SalesRow, figure: Figure, currency: string | null): number | null {
  const money: SalesMoney | undefined = row.money.find((sums) => sums.currency === currency);
  switch (figure) {
    case 'revenue':
      return money?.revenue ?? 0;
    case 'upsellMargin':
      return money?.upsellMargin ?? null;
    case 'average':
      return money?.averageTransactionValue ?? null;
    case 'transactions':
      return row.transactions;
    case 'items':
      return row.itemsPerTransaction;
    default:
      return row[figure];
  }
}

/** The trend of a figure. Sums have one, rates do not. */
export function trendOfFigure({ trend }: SalesAnswer, figure: Figure, currency: string | null): Trend | null {
  if (figure === 'transactions') return trend.transactions;
  if (figure !== 'revenue') return null;
  return trend.revenue.find((row) => row.currency === currency)?.trend ?? null;
}
