import { useState } from 'preact/hooks';
import { AskedState } from './asked-state.tsx';
import { calendarDays } from './calendar-days.ts';
import type { Grain, SalesAnswer, SalesRow } from './manager-answers.ts';
import { DAYS_SHOWN, PeriodChoice } from './period-choice.tsx';
import { periodName } from './period-name.ts';
import { SalesComparison } from './sales-comparison.tsx';
import { FIGURES, type Figure, figureOf, trendOfFigure } from './sales-figures.ts';
import { TrendChart } from './trend-chart.tsx';
import { useAnswer } from './use-answer.ts';
import type { ManagerDesk } from './use-manager-desk.ts';
import { WideTable } from './wide-table.tsx';

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
      <AskedState t={t} asked={asked}>
        {(answer) => (
          <SalesFigures desk={desk} answer={answer} grain={grain} figure={figure} onFigure={setFigure} />
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
  const rows = grain === 'day' ? withQuietDays(answer) : answer.rows;
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
      <ul class="tiles">
        {FIGURES.map((name) => (
          <li key={name}>
            <button
              type="button"
              class="tile-figure"
              aria-pressed={name === figure}
              onClick={() => onFigure(name)}
              data-test={`figure-${name}`}
            >
              <span>{t[name]}</span>
              <strong>{text(name, figureOf(total, name, currency))}</strong>
            </button>
          </li>
        ))}
      </ul>
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
        format={(value) => text(figure, value)}
      />
      <SalesComparison desk={desk} answer={answer} grain={grain} figure={figure} currency={currency} />
      <details>
        <summary>{t.asTable}</summary>
        <WideTable label={t.asTable}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.period}</th>
                {FIGURES.map((name) => (
                  <th key={name} scope="col" class="number">
                    {t[name]}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.period}>
                  <th scope="row">{nameOf(row)}</th>
                  {FIGURES.map((name) => (
                    <td key={name} class="number">
                      {text(name, figureOf(row, name, currency))}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </WideTable>
      </details>
    </>
  );
}

/** The report has no row for a day on which nothing happened; a trend has. */
function withQuietDays({ rows, from, to }: SalesAnswer): SalesRow[] {
  const known = new Map(rows.map((row) => [row.period, row]));
  const quiet = { transactions: 0, itemsPerTransaction: null, attachRate: null, acceptance: null, money: [] };
  return calendarDays(from, to).map((period) => known.get(period) ?? { period, ...quiet });
}
