import { useState } from 'preact/hooks';
import { AskedState } from './asked-state.tsx';
import { calendarPeriods } from './calendar-periods.ts';
import { FigureTable } from './figure-table.tsx';
import { FigureTiles } from './figure-tiles.tsx';
import type { Grain, SalesAnswer, SalesRow } from './manager-answers.ts';
import { DAYS_SHOWN, PeriodChoice } from './period-choice.tsx';
import { periodName } from './period-name.ts';
import { SalesComparison } from './sales-comparison.tsx';
import { FIGURES, type Figure, figureOf, trendOfFigure } from './sales-figures.ts';
import { TrendChart } from './trend-chart.tsx';
import { UnmatchedEvents } from './unmatched-events.tsx';
import { useAnswer } from './use-answer.ts';
import type { ManagerDesk } from './use-manager-desk.ts';

export function SalesPanel({ desk }: { desk: ManagerDesk }) {
  const { t, reportQuery } = desk;
  const [grain, setGrain] = useState<Grain>('day');
  const [figure, setFigure] = useState<Figure>('revenue');
  const query = reportQuery(DAYS_SHOWN[grain]);
  const asked = useAnswer<SalesAnswer>(query && `/v1/reports/sales?${query}&by=${grain}`);
  return (
    <section class="panel" aria-labelledby="sales-title" data-test="sales">
      <div class="panel-head">
        <h2 id="sales-title">{t.sales}</h2>
        <PeriodChoice t={t} grain={grain} onChoose={setGrain} test="by" />
      </div>
      <p class="panel-quiet">{t.salesText}</p>
      <AskedState t={t} asked={asked}>
        {(answer) => (
          <>
            <SalesFigures desk={desk} answer={answer} grain={grain} figure={figure} onFigure={setFigure} />
            <UnmatchedEvents desk={desk} counts={answer.unmatched} />
          </>
        )}
      </AskedState>
    </section>
  );
}

interface SalesFiguresProps {
  readonly desk: ManagerDesk;
  readonly answer: SalesAnswer;
  readonly grain: Grain;
  readonly figure: Figure;
  readonly onFigure: (figure: Figure) => void;
}

function SalesFigures({ desk, answer, grain, figure, onFigure }: SalesFiguresProps) {
  const { t, language } = desk;
  const { total } = answer;
  const rows = withQuietPeriods(answer, grain);
  if (total.transactions === 0) return <p class="panel-quiet">{t.noSales}</p>;
  const [main, ...others] = [...total.money].sort((a, b) => b.transactions - a.transactions);
  const currency = main?.currency ?? null;
  const text = (of: Figure, value: number | null) =>
    value === null ? '–' : desk.figureText(of, value, currency);
  const unusual = new Set<string | undefined>(
    trendOfFigure(answer, figure, currency)?.unusual.map(({ period }) => period),
  );
  const nameOf = (row: SalesRow) => periodName(row.period ?? '', language);
  return (
    <>
      <FigureTiles
        test="figure"
        figures={FIGURES.map((name) => ({
          name,
          label: t[name],
          value: text(name, figureOf(total, name, currency)),
        }))}
        chosen={figure}
        onChoose={onFigure}
      />
      {others.length > 0 && (
        <p class="panel-quiet">{t.otherCurrencies(others.map((money) => money.currency).join(', '))}</p>
      )}
      <TrendChart
        label={t.chart(t[figure], answer.from, answer.to)}
        points={rows.map((row) => ({
          period: nameOf(row),
          value: figureOf(row, figure, currency),
          isUnusual: unusual.has(row.period),
        }))}
        leastStep={figure === 'transactions' ? 1 : 0.01}
        format={(value) => text(figure, value)}
      />
      <SalesComparison desk={desk} answer={answer} grain={grain} figure={figure} currency={currency} />
      <FigureTable
        label={t.asTable}
        textColumns={1}
        columns={[t.period, ...FIGURES.map((name) => t[name])]}
        rows={rows.map((row) => [
          nameOf(row),
          ...FIGURES.map((name) => text(name, figureOf(row, name, currency))),
        ])}
      />
    </>
  );
}

/** Adds rows for periods in which nothing happened: the report's rows omit them, but its trend includes them. */
function withQuietPeriods({ rows, from, to }: SalesAnswer, grain: Grain): SalesRow[] {
  const known = new Map(rows.map((row) => [row.period, row]));
  const quiet = { transactions: 0, itemsPerTransaction: null, attachRate: null, acceptance: null, money: [] };
  return calendarPeriods(from, to, grain).map((period) => known.get(period) ?? { period, ...quiet });
}
