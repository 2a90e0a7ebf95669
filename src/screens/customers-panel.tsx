import { SEGMENTS } from './agent-answers.ts';
import { AskedState } from './asked-state.tsx';
import { FigureTable } from './figure-table.tsx';
import type { CustomersAnswer, CustomersFigures } from './manager-answers.ts';
import { formatMoney, formatNumber, formatPercent } from './number-format.ts';
import { periodName } from './period-name.ts';
import { translationFor } from './translations.ts';
import { useAnswer } from './use-answer.ts';
import type { ManagerDesk } from './use-manager-desk.ts';
import { WideTable } from './wide-table.tsx';

const CUSTOMERS_DAYS = 182;

export function CustomersPanel({ desk }: { desk: ManagerDesk }) {
  const { t, reportQuery } = desk;
  const query = reportQuery(CUSTOMERS_DAYS);
  const asked = useAnswer<CustomersAnswer>(query && `/v1/reports/customers?${query}&by=month`);
  return (
    <section class="panel panel-whole" aria-labelledby="customers-title" data-test="customers">
      <h2 id="customers-title">{t.customers}</h2>
      <p class="panel-quiet">{t.customersText}</p>
      <AskedState t={t} asked={asked}>
        {(answer) =>
          answer.total.customers === 0 ? (
            <p class="panel-quiet">{t.noCustomers}</p>
          ) : (
            <>
              <CustomerFigures desk={desk} answer={answer} />
              <SegmentTable desk={desk} answer={answer} />
              <MonthTable desk={desk} answer={answer} />
            </>
          )
        }
      </AskedState>
    </section>
  );
}

interface PartProps {
  readonly desk: ManagerDesk;
  readonly answer: CustomersAnswer;
}

function CustomerFigures({ desk: { t, language }, answer: { total } }: PartProps) {
  const { figures } = total;
  const count = (value: number) => formatNumber(value, language, 0);
  const gaps = figures?.daysBetweenVisits;
  const all: [string, string, string][] = [
    ['known', t.knownCustomers, count(total.customers)],
    ...(figures === null
      ? []
      : ([
          ['new', t.newCustomers, count(figures.newCustomers)],
          ['existing', t.existingCustomers, count(figures.existingCustomers)],
          ['repeat', t.repeatShare, formatPercent(figures.repeatShare, language)],
          ['gained-back', t.gainedBack, count(figures.gainedBack)],
          ['gap', t.daysBetween, gaps ? formatNumber(gaps.median, language, 1) : '–'],
        ] satisfies [string, string, string][])),
  ];
  return (
    <>
      <ul class="tiles">
        {all.map(([name, label, value]) => (
          <li key={name} class="tile-figure" data-test={`customers-${name}`}>
            <span>{label}</span>
            <strong>{value}</strong>
          </li>
        ))}
      </ul>
      {gaps && (
        <p class="panel-quiet">
          {t.quartiles(
            formatNumber(gaps.lowerQuartile, language, 1),
            formatNumber(gaps.upperQuartile, language, 1),
          )}
        </p>
      )}
    </>
  );
}

function SegmentTable({ desk: { t, language }, answer: { segments, to, rules } }: PartProps) {
  if (!segments) return <p class="panel-quiet">{t.tooFewCustomers}</p>;
  const known = new Map(segments.map((row) => [row.segment, row]));
  return (
    <WideTable label={t.bySegment}>
      <table data-test="segments">
        <caption class="hidden-label">{t.bySegment}</caption>
        <thead>
          <tr>
            <th scope="col">{t.segment}</th>
            <th scope="col" class="number">
              {t.customers}
            </th>
            <th scope="col" class="number">
              {t.spentUntil(periodName(to, language))}
            </th>
            <th scope="col">{t.meaning}</th>
          </tr>
        </thead>
        <tbody>
          {SEGMENTS.map((segment) => {
            const row = known.get(segment);
            return (
              <tr key={segment}>
                <th scope="row">{translationFor(language).segments[segment]}</th>
                <td class="number">{formatNumber(row?.customers ?? 0, language, 0)}</td>
                <td class="number">{row?.money ? moneyText(row.money, language) : t.withheld}</td>
                <td class="meaning">{t.segmentRules[segment](rules)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </WideTable>
  );
}

function MonthTable({ desk: { t, language }, answer: { rows } }: PartProps) {
  const revenueOf = (figures: CustomersFigures, of: 'newRevenue' | 'existingRevenue') =>
    figures.money.some((sums) => sums[of] === null)
      ? t.withheld
      : moneyText(
          figures.money.map((sums) => ({ currency: sums.currency, revenue: sums[of] ?? 0 })),
          language,
        );
  const count = (value: number) => formatNumber(value, language, 0);
  return (
    <FigureTable
      label={t.byMonth}
      test="customer-months"
      textColumns={1}
      columns={[t.month, t.knownCustomers, t.newCustomers, t.revenueNew, t.revenueExisting, t.gainedBack]}
      rows={rows.map(({ period = '', customers, figures }) => [
        periodName(period, language),
        count(customers),
        figures ? count(figures.newCustomers) : t.withheld,
        figures ? revenueOf(figures, 'newRevenue') : t.withheld,
        figures ? revenueOf(figures, 'existingRevenue') : t.withheld,
        figures ? count(figures.gainedBack) : t.withheld,
      ])}
    />
  );
}

function moneyText(
  money: readonly { readonly currency: string; readonly revenue: number }[],
  language: ManagerDesk['language'],
): string {
  return money.map(({ currency, revenue }) => formatMoney(revenue, language, currency)).join(' + ') || '–';
}
