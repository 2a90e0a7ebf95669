import { fromMinorUnits } from '../ledger/money.ts';
import { PAY_ENTRY_KINDS, type PaidUpsell, type PayEntry, type PayEntryKind } from '../ledger/pay-entry.ts';
import type { PayStatement } from '../ledger/pay-statement.ts';
import { type Access, hasScope, requireOwnAgent } from './access.ts';
import type { Cell, ReportTable } from './report-table.ts';
import type { PeriodPay, WhatIf } from './run-commission.ts';

export type PayAnswer = ReturnType<typeof presentPay>;
export type WhatIfAnswer = ReturnType<typeof presentWhatIf>;

/** Whose statements are seen: all, those of one agent, or those of agents whose main store is one of some stores. */
export interface PayView {
  readonly agentId?: string;
  readonly storeIds?: readonly string[];
}

/** The pay of a period as it is sent: money in major units, and only what the view may see. */
export function presentPay(pay: PeriodPay, view: PayView, withEntries = true) {
  const { period, timeZone, dayEnds, plansVersion, closed, unpaid } = pay;
  const isWhole = view.agentId === undefined && view.storeIds === undefined;
  return {
    period,
    timeZone,
    dayEnds,
    plansVersion,
    state: closed ? ('closed' as const) : ('open' as const),
    ...(closed && {
      closedAt: new Date(closed.closedAtMs).toISOString(),
      hash: closed.hash,
      previousHash: closed.previousHash,
    }),
    statements: pay.statements
      .filter((statement) => isSeen(view, statement))
      .map((statement) => presentStatement(statement, withEntries)),
    ...(isWhole && unpaid && { unpaid }),
  };
}

export function presentWhatIf({ from, to, rows }: WhatIf) {
  return {
    from,
    to,
    rows: rows.map(({ agentId, currency, payMinor, whatIfMinor }) => ({
      agentId,
      currency,
      pay: fromMinorUnits(payMinor, currency),
      whatIf: fromMinorUnits(whatIfMinor, currency),
      difference: fromMinorUnits(whatIfMinor - payMinor, currency),
    })),
  };
}

/**
 * What a key may see: below manager its own agent's pay; with a list of stores that of agents who work there.
 *
 * @throws Problem 'forbidden' for a key below manager that is no agent's, and when it asks for another agent
 */
export function payViewOf(access: Access, agentId: string | undefined): PayView {
  if (!hasScope(access, 'manager')) return { agentId: requireOwnAgent(access, agentId) };
  return {
    ...(agentId !== undefined && { agentId }),
    ...(access.stores && { storeIds: [...access.stores] }),
  };
}

function isSeen({ agentId, storeIds }: PayView, statement: PayStatement): boolean {
  return (
    (agentId === undefined || statement.agentId === agentId) &&
    (storeIds === undefined || (statement.storeId !== null && storeIds.includes(statement.storeId)))
  );
}

const ENTRY_COLUMNS = [
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
  'soldIn',
  'of',
  'percent',
  'base',
  'splitPercent',
  'decisionId',
  'events',
  'poolAmount',
  'poolMembers',
];

/** One row for each entry: the column `amount` of an agent and currency adds up to the pay. */
export function payTable({ period, statements }: PayAnswer): ReportTable {
  const rows = statements.flatMap(({ agentId, storeId, currency, entries = [] }) =>
    entries.map((entry): Cell[] => {
      const { kind, amount, about, planId, upsell, pool, events } = entry;
      return [
        period,
        agentId,
        storeId,
        currency,
        kind,
        amount,
        about,
        planId,
        upsell?.basketId ?? null,
        upsell?.productId ?? null,
        upsell?.storeId ?? null,
        upsell?.of ?? null,
        upsell?.percent ?? null,
        upsell?.base ?? null,
        upsell?.splitPercent ?? null,
        upsell?.decisionId ?? null,
        events.join(' '),
        pool?.amount ?? null,
        pool?.members ?? null,
      ];
    }),
  );
  return { columns: ENTRY_COLUMNS, rows };
}

/** One row for each statement, with the sum of each kind of entry. */
export function paySummaryTable({ statements }: PayAnswer): ReportTable {
  return {
    columns: ['agent', 'store', 'currency', ...PAY_ENTRY_KINDS, 'pay'],
    rows: statements.map(({ agentId, storeId, currency, sums, pay }) => [
      agentId,
      storeId,
      currency,
      ...PAY_ENTRY_KINDS.map((kind) => sums[kind] ?? 0),
      pay,
    ]),
  };
}

function presentStatement(statement: PayStatement, withEntries: boolean) {
  const { agentId, storeId, currency, payMinor, entries } = statement;
  return {
    agentId,
    storeId,
    currency,
    pay: fromMinorUnits(payMinor, currency),
    sums: sumsOf(statement),
    entryCount: entries.length,
    ...(withEntries && { entries: entries.map(presentEntry) }),
  };
}

/** Sums by kind of entry, for the kinds that there are. */
function sumsOf({ entries, currency }: PayStatement): Partial<Record<PayEntryKind, number>> {
  const sums = new Map<PayEntryKind, number>();
  for (const { kind, amountMinor } of entries) sums.set(kind, (sums.get(kind) ?? 0) + amountMinor);
  return Object.fromEntries([...sums].map(([kind, minor]) => [kind, fromMinorUnits(minor, currency)]));
}

function presentEntry({ amountMinor, currency, period: _, agentId: __, upsell, pool, ...entry }: PayEntry) {
  return {
    ...entry,
    amount: fromMinorUnits(amountMinor, currency),
    ...(pool && { pool: { amount: fromMinorUnits(pool.amountMinor, currency), members: pool.members } }),
    ...(upsell && { upsell: presentUpsell(upsell, currency) }),
  };
}

function presentUpsell({ basisPoints, baseMinor, splitBasisPoints, ...facts }: PaidUpsell, currency: string) {
  return {
    ...facts,
    percent: basisPoints / 100,
    splitPercent: splitBasisPoints / 100,
    base: fromMinorUnits(baseMinor, currency),
  };
}
