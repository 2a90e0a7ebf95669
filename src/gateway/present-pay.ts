import { fromMinorUnits } from '../ledger/money.ts';
import type { PayEntry, PayEntryKind } from '../ledger/pay-entry.ts';
import type { PayStatement } from '../ledger/pay-statement.ts';
import { type Access, hasScope, requireOwnAgent } from './access.ts';
import type { Cell, ReportTable } from './report-table.ts';
import type { PeriodPay, WhatIf } from './run-commission.ts';

export type PayAnswer = ReturnType<typeof presentPay>;

/** The pay of a period as it is sent: money in major units, and only the statements that are given. */
export function presentPay(pay: PeriodPay, statements: readonly PayStatement[], isWhole: boolean) {
  const { period, timeZone, dayEnds, plansVersion, closed, unpaid } = pay;
  return {
    ...{ period, timeZone, dayEnds, plansVersion, state: closed ? 'closed' : 'open' },
    ...(closed && {
      closedAt: new Date(closed.closedAtMs).toISOString(),
      ...{ hash: closed.hash, previousHash: closed.previousHash },
    }),
    statements: statements.map(presentStatement),
    ...(isWhole && unpaid && { unpaid }),
  };
}

export function presentWhatIf({ from, to, rows }: WhatIf) {
  return {
    ...{ from, to },
    rows: rows.map(({ agentId, currency, payMinor, whatIfMinor }) => ({
      ...{ agentId, currency },
      pay: fromMinorUnits(payMinor, currency),
      whatIf: fromMinorUnits(whatIfMinor, currency),
      difference: fromMinorUnits(whatIfMinor - payMinor, currency),
    })),
  };
}

/**
 * Whose statements a key may see: below manager its own agent's; with a list of stores those of agents who work there.
 *
 * @throws Problem 'forbidden' for a key below manager that is no agent's, and when it asks for another agent
 */
export function visibleTo(access: Access, agentId: string | undefined): (statement: PayStatement) => boolean {
  const { stores } = access;
  if (!hasScope(access, 'manager')) {
    const own = requireOwnAgent(access, agentId);
    return (statement) => statement.agentId === own;
  }
  return (statement) =>
    (agentId === undefined || statement.agentId === agentId) &&
    (stores === undefined || (statement.storeId !== null && stores.has(statement.storeId)));
}

const ENTRY_COLUMNS = [
  ...[
    'period',
    'agentId',
    'storeId',
    'currency',
    'kind',
    'amount',
    'about',
    'planId',
    'basketId',
    'productId',
  ],
  ...['soldIn', 'of', 'percent', 'base', 'splitPercent', 'decisionId', 'events'],
];

/** One row an entry: the column `amount` of an agent and currency adds up to the pay. */
export function payTable({ period, statements }: PayAnswer): ReportTable {
  const rows = statements.flatMap(({ agentId, storeId, currency, entries }) =>
    entries.map((entry): Cell[] => {
      const { kind, amount, about, planId, upsell, events } = entry;
      return [
        ...[period, agentId, storeId, currency, kind, amount, about, planId],
        ...[upsell?.basketId ?? null, upsell?.productId ?? null, upsell?.storeId ?? null],
        ...[upsell?.of ?? null, upsell?.percent ?? null, upsell?.base ?? null, upsell?.splitPercent ?? null],
        ...[upsell?.decisionId ?? null, events.join(' ')],
      ];
    }),
  );
  return { columns: ENTRY_COLUMNS, rows };
}

const KINDS: readonly PayEntryKind[] = ['base', 'up-sell', 'claw-back', 'tier', 'cap', 'correction'];

/** One row a statement, with the sum of each kind of entry. */
export function paySummaryTable(statements: readonly PayStatement[]): ReportTable {
  const sum = ({ entries, currency }: PayStatement, kind: PayEntryKind) =>
    fromMinorUnits(
      entries.reduce((all, entry) => all + (entry.kind === kind ? entry.amountMinor : 0), 0),
      currency,
    );
  return {
    columns: ['agent', 'store', 'currency', ...KINDS, 'pay'],
    rows: statements.map((statement) => [
      ...[statement.agentId, statement.storeId, statement.currency],
      ...KINDS.map((kind) => sum(statement, kind)),
      fromMinorUnits(statement.payMinor, statement.currency),
    ]),
  };
}

function presentStatement({ agentId, storeId, currency, payMinor, entries }: PayStatement) {
  return {
    ...{ agentId, storeId, currency, pay: fromMinorUnits(payMinor, currency) },
    entries: entries.map(presentEntry),
  };
}

function presentEntry({ amountMinor, currency, period: _, agentId: __, upsell, ...entry }: PayEntry) {
  const major = (minor: number) => fromMinorUnits(minor, currency);
  if (!upsell) return { ...entry, amount: major(amountMinor), upsell: undefined };
  const { basisPoints, baseMinor, splitBasisPoints, ...facts } = upsell;
  const rates = { percent: basisPoints / 100, splitPercent: splitBasisPoints / 100, base: major(baseMinor) };
  return { ...entry, amount: major(amountMinor), upsell: { ...facts, ...rates } };
}
