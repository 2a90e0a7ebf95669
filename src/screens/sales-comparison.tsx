import type { Grain, SalesAnswer, SpanTotal } from './manager-answers.ts';
import { formatNumber, formatPercent } from './number-format.ts';
import { periodName, spanNames } from './period-name.ts';
import { type Figure, figureOf, trendOfFigure } from './sales-figures.ts';
import type { ManagerDesk } from './use-manager-desk.ts';

interface SalesComparisonProps {
  readonly desk: ManagerDesk;
  readonly answer: SalesAnswer;
  readonly grain: Grain;
  readonly figure: Figure;
  readonly currency: string | null;
}

/** Compares the figure in the chart with the preceding time span and the year before, and shows its trend and unusual periods. */
export function SalesComparison({ desk, answer, grain, figure, currency }: SalesComparisonProps) {
  const { t, language } = desk;
  const now = figureOf(answer.total, figure, currency);
  const text = (value: number) => desk.figureText(figure, value, currency);
  const slopeText = (value: number) =>
    signed(value, figure === 'transactions' ? (change) => formatNumber(change, language, 2) : text);
  const trend = trendOfFigure(answer, figure, currency);
  const { previous, yearBefore } = answer.comparison;
  const spans: readonly (readonly [string, SpanTotal])[] = [
    [t.previous, previous],
    [t.yearBefore, yearBefore],
  ];
  return (
    <dl class="comparison" data-test="comparison">
      {spans.map(([name, { from, to, total }]) => {
        const then = total.transactions === 0 ? null : figureOf(total, figure, currency);
        return (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {then === null ? '–' : text(then)}
              {now !== null && then !== null && then > 0 && (
                <strong> {signed(now / then - 1, (change) => formatPercent(change, language))}</strong>
              )}
              <small>{t.span(...spanNames(from, to, language))}</small>
            </dd>
          </div>
        );
      })}
      {trend && (
        <div>
          <dt>{t.trend[grain]}</dt>
          <dd>
            {slopeText(trend.perPeriod.estimate)}
            <small>{t.between(slopeText(trend.perPeriod.low), slopeText(trend.perPeriod.high))}</small>
          </dd>
        </div>
      )}
      {trend && trend.unusual.length > 0 && (
        <div>
          <dt>{t.unusual}</dt>
          {trend.unusual.map(({ period, value, expected }) => (
            <dd key={period}>
              {periodName(period, language)}: {text(value)} <small>{t.expected(text(expected))}</small>
            </dd>
          ))}
        </div>
      )}
    </dl>
  );
}

function signed(value: number, text: (value: number) => string): string {
  return `${value < 0 ? '−' : '+'}${text(Math.abs(value))}`;
}
