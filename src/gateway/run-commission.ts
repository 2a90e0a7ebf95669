import { createHash } from 'node:crypto';
import { nextMonth } from '../ledger/business-calendar.ts';
import type { UnpaidUpsells } from '../ledger/commission.ts';
import type { CommissionStore } from '../ledger/commission-store.ts';
import { PayBook, type PayTerms } from '../ledger/pay-book.ts';
import { type ClosedPeriod, type PayStatement, sealText } from '../ledger/pay-statement.ts';
import { upsellsOf } from '../ledger/upsells.ts';
import { NO_PLANS, type PlansDocument, readPlans, type WhatIfQuestion } from './plan-schema.ts';
import { Problem } from './problem.ts';
import { inSlices, type LedgerSource, readBook } from './run-report.ts';
import { zoneCalendar } from './zone-calendar.ts';

/** What pay is computed from. */
export interface PaySource extends LedgerSource {
  readonly commissions: CommissionStore;
  /** By the catalogue in service. */
  readonly categoryOf: (productId: string) => string | undefined;
}

/** The pay of a period; of a closed one as it was paid. */
export interface PeriodPay {
  readonly period: string;
  readonly timeZone: string;
  readonly dayEnds: number;
  readonly plansVersion: number;
  readonly statements: readonly PayStatement[];
  /** Of an open period. */
  readonly unpaid?: UnpaidUpsells;
  readonly closed?: Pick<ClosedPeriod, 'closedAtMs' | 'hash' | 'previousHash'>;
}

export interface WhatIf {
  readonly from: string;
  readonly to: string;
  readonly rows: readonly WhatIfRow[];
}

/** What an agent gets over all periods by what is known now, and would get under the other plans. */
export interface WhatIfRow {
  readonly agentId: string;
  readonly currency: string;
  readonly payMinor: number;
  readonly whatIfMinor: number;
}

/** Entries of one period at most: a closed one is kept and read as a whole. */
const ENTRIES_MAX = 200_000;
const WHAT_IF_PERIODS_MAX = 12;

/** The plans in force of a tenant; version 0 and none before the first. */
export function plansInForce({ commissions, tenant }: Pick<PaySource, 'commissions' | 'tenant'>): {
  readonly version: number;
  readonly document: PlansDocument;
} {
  const kept = commissions.plans(tenant);
  return { version: kept?.version ?? 0, document: (kept?.plans as PlansDocument | undefined) ?? NO_PLANS };
}

/** @throws Problem when the ledger is too large, and what `pause` rejects with, as the others here */
export async function runCommissions(source: PaySource, period: string): Promise<PeriodPay> {
  const closed = source.commissions.closing(source.tenant, period);
  return closed ? closedPay(closed) : (await readOpenPeriod(source, period)).pay;
}

async function readOpenPeriod(source: PaySource, period: string): Promise<{ pay: PeriodPay; book: PayBook }> {
  const { document, version } = plansInForce(source);
  const terms = termsOf(source, document, await readClosings(source));
  const [book] = await readPayBooks(source, [terms]);
  const pay = {
    ...{ period, timeZone: document.timeZone, dayEnds: document.dayEnds, plansVersion: version },
    statements: book!.statements(period),
    unpaid: book!.unpaid(period),
  };
  return { pay, book: book! };
}

/** Closes a period that is over, in the order of periods; one that is closed already is answered as it is. */
export async function closeCommissions(source: PaySource, period: string): Promise<PeriodPay> {
  const { commissions, tenant, nowMs } = source;
  const before = commissions.closing(tenant, period);
  if (before) return closedPay(before);
  const newest = commissions.newestClosing(tenant);
  const terms = termsOf(source, plansInForce(source).document, []);
  requireClosable(period, new PayBook(terms).periodOf(nowMs), newest?.period);
  const { pay: open, book } = await readOpenPeriod(source, period);
  if (!newest && !book.paysBy(period)) {
    const detail = `Wanted a first month by which there is something to pay; got ${period}.`;
    throw new Problem('wrong-state', detail);
  }
  const { unpaid: _, ...pay } = open;
  if (plansInForce(source).version !== pay.plansVersion) {
    throw new Problem('conflict', 'The plans were changed meanwhile; close the period again.');
  }
  const unsealed = {
    ...{ ...pay, plans: terms.plans, categories: categoriesOf(pay.statements, source.categoryOf) },
    ...{ closedAtMs: nowMs, previousHash: newest?.hash ?? null },
  };
  const closing = { ...unsealed, hash: sealOf(unsealed) };
  if (await commissions.close(tenant, closing)) return closedPay(closing);
  throw new Problem('conflict', `A period was closed meanwhile; ask for ${period} again.`);
}

/** SHA-256 of all of a closed period but its hash, in hexadecimal. */
export function sealOf(closed: Parameters<typeof sealText>[0]): string {
  return createHash('sha256').update(sealText(closed)).digest('hex');
}

/** @throws Problem 'too-much' when there is more than is kept as a whole */
function categoriesOf(
  statements: readonly PayStatement[],
  categoryOf: PaySource['categoryOf'],
): ClosedPeriod['categories'] {
  const entries = statements.flatMap((statement) => statement.entries);
  if (entries.length > ENTRIES_MAX) {
    throw new Problem(
      'too-much',
      `Wanted at most ${ENTRIES_MAX} entries in a period; this one has ${entries.length}.`,
    );
  }
  const products = new Set(entries.flatMap(({ upsell }) => upsell?.productId ?? []));
  return [...products].sort().map((productId) => [productId, categoryOf(productId) ?? null]);
}

/** Changes nothing. */
export async function runWhatIf(source: PaySource, { from, to, plans }: WhatIfQuestion): Promise<WhatIf> {
  const periods = [from];
  while (periods.at(-1)! < to && periods.length <= WHAT_IF_PERIODS_MAX)
    periods.push(nextMonth(periods.at(-1)!));
  if (periods.length > WHAT_IF_PERIODS_MAX) {
    throw new Problem('invalid-input', `Wanted at most ${WHAT_IF_PERIODS_MAX} months; got ${from} to ${to}.`);
  }
  const { document } = plansInForce(source);
  const inForce = termsOf(source, document, await readClosings(source));
  const other = termsOf(source, { ...document, plans }, []);
  const [known, whatIf] = await readPayBooks(source, [inForce, other]);
  const rows = new Map<string, WhatIfRow>();
  const add = (field: 'payMinor' | 'whatIfMinor', { agentId, currency, payMinor }: PayStatement) => {
    const key = JSON.stringify([agentId, currency]);
    const row = rows.get(key) ?? { agentId, currency, payMinor: 0, whatIfMinor: 0 };
    rows.set(key, { ...row, [field]: row[field] + payMinor });
  };
  for (const period of periods) {
    for (const statement of known!.statements(period)) add('payMinor', statement);
    for (const statement of whatIf!.statements(period)) add('whatIfMinor', statement);
  }
  return { from, to, rows: [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row) };
}

function termsOf(
  { categoryOf }: Pick<PaySource, 'categoryOf'>,
  { timeZone, dayEnds, plans }: PlansDocument,
  closings: readonly ClosedPeriod[],
): PayTerms {
  const calendar = zoneCalendar(timeZone, dayEnds);
  return { plans: readPlans(plans), closings, calendar, categoryOf };
}

async function readClosings({ commissions, tenant, pause }: PaySource): Promise<ClosedPeriod[]> {
  const closings: ClosedPeriod[] = [];
  for (const closing of commissions.closings(tenant)) {
    closings.push(closing);
    await pause();
  }
  return closings;
}

/** One reading of the ledger for several terms. */
async function readPayBooks(source: PaySource, terms: readonly PayTerms[]): Promise<PayBook[]> {
  const books = terms.map((one) => new PayBook(one));
  const ledger = await readBook(source);
  await inSlices(source, ledger.outcomes(), (outcome) => {
    for (const book of books) book.addOutcome(outcome);
  });
  await inSlices(source, ledger.acceptances(), (accepted) => {
    for (const upsell of upsellsOf(accepted)) for (const book of books) book.addUpsell(upsell);
  });
  return books;
}

function closedPay({
  period,
  timeZone,
  dayEnds,
  plansVersion,
  statements,
  ...closing
}: ClosedPeriod): PeriodPay {
  const { closedAtMs, hash, previousHash } = closing;
  return { period, timeZone, dayEnds, plansVersion, statements, closed: { closedAtMs, hash, previousHash } };
}

/** @throws Problem 'wrong-state' */
function requireClosable(period: string, current: string, newest: string | undefined): void {
  if (period >= current) {
    throw new Problem('wrong-state', `Wanted a period that is over; got ${period}, and it is ${current}.`);
  }
  if (newest === undefined || period === nextMonth(newest)) return;
  throw new Problem(
    'wrong-state',
    `Wanted ${nextMonth(newest)}, as ${newest} was closed last; got ${period}.`,
  );
}
