import type { SpanTotal } from '../ledger/compared-sales.ts';
import type { SalesRow } from '../ledger/sales-sums.ts';
import type { Trend } from '../ledger/trend.ts';
import type { SalesAnswer } from './run-report.ts';

/** What the sales are compared with and their trends, one sentence per line, for the terminal. */
export function salesNotes({ total, comparison, trend, by, unmatched }: SalesAnswer): string[] {
  const lines = [
    spanNote('Before', comparison.previous, total),
    spanNote('A year before', comparison.yearBefore, total),
  ];
  if (trend.transactions) lines.push(...trendNotes('Transactions', trend.transactions, by));
  for (const { currency, trend: revenue } of trend.revenue)
    if (revenue) lines.push(...trendNotes(`Revenue in ${currency}`, revenue, by));
  if (Object.values(unmatched).some((count) => count > 0))
    lines.push('Some stored events count nowhere or not by themselves: see report unmatched.');
  return lines;
}

function spanNote(name: string, { from, to, total: then }: SpanTotal, now: SalesRow): string {
  const money = then.money.map(({ currency, revenue }) => {
    const present = now.money.find((sums) => sums.currency === currency)?.revenue ?? 0;
    return `${number(revenue)} ${currency}${change(present, revenue)}`;
  });
  const transactions = `${then.transactions} transactions${change(now.transactions, then.transactions)}`;
  return `${name}, ${from} to ${to}: ${[transactions, ...money].join(', ')}.`;
}

function trendNotes(name: string, { perPeriod, periods, unusual }: Trend, by: SalesAnswer['by']): string[] {
  const { estimate, low, high } = perPeriod;
  const odd = unusual.map(
    ({ period, value, expected }) => `${period} ${number(value)} for ${number(expected)}`,
  );
  return [
    `${name} a ${by}: ${signed(estimate)} (95 %: ${signed(low)} to ${signed(high)}) over ${periods} whole periods.`,
    ...(odd.length > 0 ? [`  unusual: ${odd.join(', ')}`] : []),
  ];
}

/** How much more it is now. */
function change(now: number, then: number): string {
  return then > 0 ? ` (${signed((now / then - 1) * 100)} %)` : '';
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${number(Math.abs(value))}`;
}

function number(value: number): string {
  return String(Number(value.toFixed(2)));
}
