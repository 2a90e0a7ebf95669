import { createHash } from 'node:crypto';
import { businessDay, type NamedCalendar, nextMonth, periodName } from '../ledger/business-calendar.ts';
import type { UnpaidUpsells } from '../ledger/commission.ts';
import type { CommissionStore } from '../ledger/commission-store.ts';
import { PayBook, type PayTerms } from '../ledger/pay-book.ts';
import { type ClosedPeriod, type PayStatement, sealText } from '../ledger/pay-statement.ts';
import type { Upsell } from '../ledger/upsells.ts';
import { NO_PLANS, type PlansDocument, readPlans, type WhatIfQuestion } from './plan-schema.ts';
import { Problem } from './problem.ts';
import { EVER, fromOutcomes, type OutcomeSource, type ReportSource } from './report-source.ts';
import { zoneCalendar } from './zone-calendar.ts';

/** What pay is computed from. */
export interface PaySource extends OutcomeSource {
  readonly commissions: CommissionStore;
}

/** What pay is asked from. */
export interface PeriodSource extends Pick<ReportSource, 'tenant' | 'nowMs'> {
  readonly commissions: CommissionStore;
  /** Of a period that is not closed. @throws Problem (rejects) */
  readonly openPayOf: (question: PayQuestion) => Promise<OpenPay>;
}

export interface PayQuestion {
  readonly period: string;
  /** The statements of one agent only. */
  readonly agentId?: string;
}

export interface OpenPay {
  readonly pay: PeriodPay;
  /** As PayBook.paysBy. */
  readonly paysBy: boolean;
}

/** The pay of a period; of a closed one as it was paid. */
export interface PeriodPay {
  readonly period: string;
  readonly timeZone: string;
  readonly dayEnds: number;
  readonly plansVersion: number;
  readonly statements: readonly PayStatement[];
  /** Of an open period, where all agents are asked about. */
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

/** Whether the plans of any period pay by category. */
export function paysByCategory(commissions: CommissionStore, tenant: string): boolean {
  const { plans } = plansInForce({ commissions, tenant }).document;
  const isByCategory = (rates: readonly { readonly category?: string }[]) =>
    rates.some(({ category }) => category !== undefined);
  if (plans.some(({ rates }) => isByCategory(rates))) return true;
  for (const closing of commissions.closings(tenant))
    if (closing.plans.some(({ rates }) => isByCategory(rates))) return true;
  return false;
}

/** @throws as PeriodSource.openPayOf */
export async function runCommissions(source: PeriodSource, question: PayQuestion): Promise<PeriodPay> {
  const closed = source.commissions.closing(source.tenant, question.period);
  return closed ? closedPay(closed) : (await source.openPayOf(question)).pay;
}

/** The pay of a period that is not closed, by what is known now. @throws what `pause` rejects with, as the others here */
export async function readOpenPay(source: PaySource, { period, agentId }: PayQuestion): Promise<OpenPay> {
  const { document, version } = plansInForce(source);
  const isAsked = (of: string) => agentId === undefined || of === agentId;
  const closings = await readClosings(source, isAsked);
  const terms = termsOf(source, document, closings, [period]);
  const [book] = await readPayBooks(source, [terms], isAsked);
  const pay = {
    ...{ period, timeZone: document.timeZone, dayEnds: document.dayEnds, plansVersion: version },
    statements: book!.statements(period).filter((statement) => isAsked(statement.agentId)),
    ...(agentId === undefined && { unpaid: book!.unpaid(period) }),
  };
  return { pay, paysBy: book!.paysBy(period) };
}

/** Closes a period that is over, in the order of periods; one that is closed already stays as it is. */
export async function closeCommissions(
  source: PeriodSource & Pick<ReportSource, 'categories'>,
  period: string,
): Promise<void> {
  const { commissions, tenant, nowMs } = source;
  if (commissions.closing(tenant, period)) return;
  const newest = commissions.newestClosing(tenant);
  const { timeZone, dayEnds } = plansInForce(source).document;
  const today = businessDay(zoneCalendar(timeZone, dayEnds), nowMs);
  requireClosable(period, periodName(today, 'month'), newest?.period);
  const { pay: open, paysBy } = await source.openPayOf({ period });
  if (!newest && !paysBy) {
    const detail = `Wanted a first month by which there is something to pay; got ${period}.`;
    throw new Problem('wrong-state', detail);
  }
  const { unpaid: _, ...pay } = open;
  const { version, document } = plansInForce(source);
  if (version !== pay.plansVersion) {
    throw new Problem('conflict', 'The plans were changed meanwhile; close the period again.');
  }
  const unsealed = {
    ...{ ...pay, plans: readPlans(document.plans) },
    // Those that the pay was computed by, whatever catalogue is in service by now.
    categories: paidCategories(pay.statements, source.categories),
    ...{ closedAtMs: nowMs, previousHash: newest?.hash ?? null },
  };
  const closing = { ...unsealed, hash: sealOf(unsealed) };
  if (await commissions.close(tenant, closing)) return;
  throw new Problem('conflict', `A period was closed meanwhile; ask for ${period} again.`);
}

/** SHA-256 of all of a closed period but its hash, in hexadecimal. */
export function sealOf(closed: Parameters<typeof sealText>[0]): string {
  return createHash('sha256').update(sealText(closed)).digest('hex');
}

/** @throws Problem 'too-much' when there is more than is kept as a whole */
function paidCategories(
  statements: readonly PayStatement[],
  categories: ReportSource['categories'],
): ClosedPeriod['categories'] {
  const entries = statements.flatMap((statement) => statement.entries);
  if (entries.length > ENTRIES_MAX) {
    throw new Problem(
      'too-much',
      `Wanted at most ${ENTRIES_MAX} entries in a period; this one has ${entries.length}.`,
    );
  }
  const products = new Set(entries.flatMap(({ upsell }) => upsell?.productId ?? []));
  return [...products].sort().map((productId) => [productId, categories.get(productId) ?? null]);
}

/** Changes nothing. */
export async function readWhatIf(source: PaySource, { from, to, plans }: WhatIfQuestion): Promise<WhatIf> {
  const periods = [from];
  while (periods.at(-1)! < to && periods.length <= WHAT_IF_PERIODS_MAX)
    periods.push(nextMonth(periods.at(-1)!));
  if (periods.length > WHAT_IF_PERIODS_MAX) {
    throw new Problem('invalid-input', `Wanted at most ${WHAT_IF_PERIODS_MAX} months; got ${from} to ${to}.`);
  }
  const { document } = plansInForce(source);
  const isAsked = () => true;
  const inForce = termsOf(source, document, await readClosings(source, isAsked), periods);
  const other = termsOf(source, { ...document, plans }, [], periods);
  const [known, whatIf] = await readPayBooks(source, [inForce, other], isAsked);
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

type NamedTerms = PayTerms & { readonly calendar: NamedCalendar };

function termsOf(
  { categories }: Pick<ReportSource, 'categories'>,
  { timeZone, dayEnds, plans }: PlansDocument,
  closings: readonly ClosedPeriod[],
  periods: readonly string[],
): NamedTerms {
  const calendar = zoneCalendar(timeZone, dayEnds);
  const categoryOf = (productId: string) => categories.get(productId);
  return { plans: readPlans(plans), closings, calendar, categoryOf, periods };
}

/** @param isAsked whose statements are wanted */
async function readClosings(
  { commissions, tenant, pause }: PaySource,
  isAsked: (agentId: string) => boolean,
): Promise<ClosedPeriod[]> {
  const closings: ClosedPeriod[] = [];
  for (const closing of commissions.closings(tenant)) {
    const statements = closing.statements.filter(({ agentId }) => isAsked(agentId));
    closings.push({ ...closing, statements });
    await pause();
  }
  return closings;
}

/** One reading for several terms, of one calendar. @param isAsked whose up-sells are wanted */
function readPayBooks(
  source: PaySource,
  terms: readonly [NamedTerms, ...NamedTerms[]],
  isAsked: (agentId: string) => boolean,
): Promise<PayBook[]> {
  return fromOutcomes(source, async ({ outcomes, tenant, pause }) => {
    const books = terms.map((one) => new PayBook(one));
    const { names, parts } = outcomes.salesByDay(tenant, terms[0].calendar, ...EVER);
    for (const sums of parts) for (const book of books) book.addDays(sums, names);
    const isWanted = ({ agents }: Upsell) =>
      agents.length === 0 || agents.some(({ agentId }) => isAsked(agentId));
    for (const upsells of outcomes.upsells(tenant)) {
      for (const upsell of upsells.filter(isWanted)) for (const book of books) book.addUpsell(upsell);
      await pause();
    }
    return books;
  });
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
