import { useState } from 'preact/hooks';
import { AskedState } from './asked-state.tsx';
import { PAY_KINDS, type PayAnswer, type PayStatement } from './manager-answers.ts';
import { formatMoney, formatNumber } from './number-format.ts';
import { OfAllStores } from './of-all-stores.tsx';
import { periodName } from './period-name.ts';
import { useAnswer } from './use-answer.ts';
import type { ManagerDesk } from './use-manager-desk.ts';
import { WideTable } from './wide-table.tsx';

const MONTHS_SHOWN = 13;

export function PayPanel({ desk }: { desk: ManagerDesk }) {
  const { t, language } = desk;
  const months = recentMonths(desk.today, MONTHS_SHOWN);
  const [chosen, choose] = useState(months[0]!);
  const asked = useAnswer<PayAnswer>(`/v1/commissions?period=${chosen}&entries=0`);
  return (
    <section class="panel panel-whole" aria-labelledby="pay-title" data-test="pay">
      <h2 id="pay-title">{t.pay}</h2>
      <OfAllStores desk={desk} />
      <label class="field">
        <span>{t.payPeriod}</span>
        <select value={chosen} onChange={(event) => choose(event.currentTarget.value)} data-test="pay-period">
          {months.map((month) => (
            <option key={month} value={month}>
              {periodName(month, language)}
            </option>
          ))}
        </select>
      </label>
      <AskedState t={t} asked={asked}>
        {(answer) => <PayStatements desk={desk} period={chosen} answer={answer} />}
      </AskedState>
    </section>
  );
}

interface Shown {
  readonly desk: ManagerDesk;
  readonly period: string;
}

function PayStatements({ desk, period, answer }: Shown & { answer: PayAnswer }) {
  const { t, language } = desk;
  const { state, hash } = answer;
  const statements = [...answer.statements].sort(byAgent);
  const kinds = PAY_KINDS.filter((kind) => statements.some(({ sums }) => (sums[kind] ?? 0) !== 0));
  if (statements.length === 0) return <p class="panel-quiet">{t.noPay}</p>;
  return (
    <>
      <p class="state" data-state={state} data-test="pay-state">
        {state === 'closed' ? t.closed : t.open}
      </p>
      {state === 'open' && <p class="panel-quiet">{t.openText}</p>}
      <WideTable label={t.statements}>
        <table data-test="statements">
          <thead>
            <tr>
              <th scope="col">{t.agent}</th>
              <th scope="col">{t.store}</th>
              <th scope="col" class="number">
                {t.total}
              </th>
              {kinds.map((kind) => (
                <th key={kind} scope="col" class="number">
                  {t.kinds[kind]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {statements.map((statement) => (
              <tr key={`${statement.agentId} ${statement.currency}`}>
                <th scope="row">{statement.agentId}</th>
                <td>{statement.storeId ?? '–'}</td>
                <td class="number">
                  <strong>{formatMoney(statement.pay, language, statement.currency)}</strong>
                </td>
                {kinds.map((kind) => (
                  <td key={kind} class="number">
                    {formatMoney(statement.sums[kind] ?? 0, language, statement.currency)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
      <div class="entry-lists">
        {statements.map((statement) => (
          <PayEntries
            key={`${period} ${statement.agentId} ${statement.currency}`}
            {...{ desk, period, statement }}
          />
        ))}
      </div>
      {hash && <p class="seal">{t.seal(hash)}</p>}
    </>
  );
}

/** Entries are requested only when somebody opens them: a month may have tens of thousands. */
function PayEntries({ desk, period, statement }: Shown & { statement: PayStatement }) {
  const { t } = desk;
  const { agentId, currency, entryCount } = statement;
  const [isOpen, setOpen] = useState(false);
  const query = new URLSearchParams({ period, agentId });
  const asked = useAnswer<PayAnswer>(isOpen ? `/v1/commissions?${query}` : null);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)} data-test="entries">
      <summary>{t.entries(agentId, entryCount)}</summary>
      {isOpen && (
        <AskedState t={t} asked={asked}>
          {({ statements }) => (
            <EntryTable
              desk={desk}
              statement={statements.find((one) => one.currency === currency) ?? statement}
            />
          )}
        </AskedState>
      )}
    </details>
  );
}

function EntryTable({
  desk: { t, language },
  statement,
}: Omit<Shown, 'period'> & { statement: PayStatement }) {
  const { agentId, currency, entries = [] } = statement;
  return (
    <WideTable label={t.entries(agentId, entries.length)}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.entry}</th>
            <th scope="col">{t.about}</th>
            <th scope="col">{t.basket}</th>
            <th scope="col">{t.product}</th>
            <th scope="col" class="number">
              {t.rate}
            </th>
            <th scope="col" class="number">
              {t.amount}
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map(({ key, kind, about, amount, upsell }) => (
            <tr key={key}>
              <th scope="row">{t.kinds[kind]}</th>
              <td>{periodName(about, language)}</td>
              <td>{upsell?.basketId ?? '–'}</td>
              <td>{upsell?.productId ?? '–'}</td>
              <td class="number">{upsell ? `${formatNumber(upsell.percent, language, 2)} %` : '–'}</td>
              <td class="number">{formatMoney(amount, language, currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

/** Orders agents by id, with numbers in numerical order: a2 before a10. */
function byAgent(a: PayStatement, b: PayStatement): number {
  return a.agentId.localeCompare(b.agentId, undefined, { numeric: true });
}

/** The current month as `2026-05` and the months before it, newest first. */
function recentMonths(today: Date, count: number): string[] {
  return Array.from({ length: count }, (_, back) => {
    const month = new Date(Date.UTC(today.getFullYear(), today.getMonth() - back, 1));
    return month.toISOString().slice(0, 7);
  });
}
