import { useState } from 'preact/hooks';
import { AskedState } from './asked-state.tsx';
import { calendarPeriods } from './calendar-periods.ts';
import { FigureTiles } from './figure-tiles.tsx';
import {
  type Grain,
  type InventoryAnswer,
  type InventoryRow,
  STOCK_FIGURES,
  type StockFigure,
} from './manager-answers.ts';
import { formatMoney, formatNumber, formatPercent } from './number-format.ts';
import { DAYS_SHOWN, PeriodChoice } from './period-choice.tsx';
import { periodName } from './period-name.ts';
import { StockNow } from './stock-now.tsx';
import { TrendChart } from './trend-chart.tsx';
import { useAnswer } from './use-answer.ts';
import type { ManagerDesk } from './use-manager-desk.ts';

/** How long stock waits, what that costs, and whether this improves. */
export function StockPanel({ desk }: { desk: ManagerDesk }) {
  const { t, reportQuery } = desk;
  const [grain, setGrain] = useState<Grain>('day');
  const [figure, setFigure] = useState<StockFigure>('averageValue');
  const query = reportQuery(DAYS_SHOWN[grain]);
  const asked = useAnswer<InventoryAnswer>(query && `/v1/reports/inventory?${query}&by=${grain}`);
  return (
    <section class="panel panel-whole" aria-labelledby="stock-title" data-test="stock">
      <div class="panel-head">
        <h2 id="stock-title">{t.stock}</h2>
        <PeriodChoice t={t} grain={grain} onChoose={setGrain} test="stock-by" />
      </div>
      <AskedState t={t} asked={asked}>
        {(answer) =>
          answer.now.total.products === 0 && answer.rows.length === 0 ? (
            <p class="panel-quiet">{t.noStock}</p>
          ) : (
            <>
              <StockFigures
                desk={desk}
                answer={answer}
                rows={withMissingPeriods(answer, grain)}
                figure={figure}
                onFigure={setFigure}
              />
              <StockNow desk={desk} answer={answer} />
            </>
          )
        }
      </AskedState>
    </section>
  );
}

interface StockFiguresProps {
  readonly desk: ManagerDesk;
  readonly answer: InventoryAnswer;
  readonly rows: readonly Partial<InventoryRow>[];
  readonly figure: StockFigure;
  readonly onFigure: (figure: StockFigure) => void;
}

function StockFigures({ desk: { t, language }, answer, rows, figure, onFigure }: StockFiguresProps) {
  const { total, previous, currency, otherCurrencies, otherCalendarDays } = answer;
  const text = (of: StockFigure, value: number | null | undefined) => {
    if (value === null || value === undefined) return '–';
    if (of === 'excessShare' || of === 'stockOutShare') return formatPercent(value, language);
    if (of === 'averageValue' || of === 'holdingCostPerDay') return formatMoney(value, language, currency);
    return formatNumber(value, language, 1);
  };
  return (
    <>
      <FigureTiles
        test="stock"
        figures={STOCK_FIGURES.map((name) => ({
          name,
          label: t.stockFigures[name],
          value: text(name, total[name]),
          note: t.before(text(name, previous[name])),
        }))}
        chosen={figure}
        onChoose={onFigure}
      />
      {otherCurrencies.length > 0 && (
        <p class="panel-quiet">{t.otherCurrencies(otherCurrencies.join(', '))}</p>
      )}
      {otherCalendarDays > 0 && <p class="panel-quiet">{t.otherCalendarDays(otherCalendarDays)}</p>}
      {answer.rows.length === 0 ? (
        <p class="panel-quiet">{t.noStockDays}</p>
      ) : (
        <TrendChart
          label={t.chart(t.stockFigures[figure], answer.from, answer.to)}
          points={rows.map((row) => ({
            period: periodName(row.period ?? '', language),
            value: row[figure] ?? null,
          }))}
          leastStep={figure.endsWith('Share') ? 0.01 : 0.1}
          format={(value) => text(figure, value)}
        />
      )}
    </>
  );
}

/** Adds periods without records, so that they are gaps in the chart. */
function withMissingPeriods({ rows, from, to }: InventoryAnswer, grain: Grain): Partial<InventoryRow>[] {
  const known = new Map(rows.map((row) => [row.period, row]));
  return calendarPeriods(from, to, grain).map((period) => known.get(period) ?? { period });
}
