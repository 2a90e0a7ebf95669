import { type NamedCalendar, nextMonth } from '../ledger/business-calendar.ts';
import type { UnpaidUpsells } from '../ledger/commission.ts';
import type { CommissionPlan } from '../ledger/commission-plan.ts';
import type { CommissionStore } from '../ledger/commission-store.ts';
import { Corrections } from '../ledger/corrections.ts';
import { correctedIn, PayBook, type PayTerms } from '../ledger/pay-book.ts';
import type { PayEntry } from '../ledger/pay-entry.ts';
import type { ClosedPeriod, ClosedTerms, PayStatement } from '../ledger/pay-statement.ts';
import { NO_PLANS, type PlansDocument, readPlans, type WhatIfQuestion } from './plan-schema.ts';
import { Problem } from './problem.ts';
import { EVER, fromOutcomes, type OutcomeSource, type ReportSource } from './report-source.ts';
import { zoneCalendar } from './zone-calendar.ts';

/** What pay is computed from. */
export interface PaySource extends OutcomeSource {
  readonly commissions: CommissionStore;
}

export interface PayQuestion {
  readonly period: string;
  /** The statements of one agent only. */
  readonly agentId?: string;
}

export interface OpenPay {
  readonly pay: PeriodPay;
  /** As PayBook.firstEarned. */
  readonly firstEarned: string | undefined;
  /** By which it was computed. */
  readonly plans: readonly CommissionPlan[];
}

/** The pay of a period; of a closed one as it was paid. */
export interface PeriodPay {
  readonly period: string;
  readonly timeZone: string;
  readonly dayEnds: number;
  readonly plansVersion: number;
  readonly statements: readonly PayStatement[];
  /** For an open period, where all agents are asked about. */
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

const WHAT_IF_PERIODS_MAX = 12;

/** A tenant's plans in force; version 0 and no plans before the first. */
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

/** The pay of any period. @throws what `pause` rejects with, as the others here */
export async function runCommissions(source: PaySource, question: PayQuestion): Promise<PeriodPay> {
  const closed = source.commissions.closing(source.tenant, question.period);
  return closed ? closedPay(closed) : (await readOpenPay(source, question)).pay;
}

/** The pay of a period that is not closed, by what is known now. */
export async function readOpenPay(source: PaySource, question: PayQuestion): Promise<OpenPay> {
  const { period, agentId } = question;
  const { document, version } = plansInForce(source);
  const [book] = await readPayBooks(source, async () => [
    await termsInForce(source, document, [period], { agentId, isCorrecting: true }),
  ]);
  const pay = {
    period,
    timeZone: document.timeZone,
    dayEnds: document.dayEnds,
    plansVersion: version,
    statements: book.statements(period),
    ...(agentId === undefined && { unpaid: book.unpaid(period) }),
  };
  return { pay, firstEarned: book.firstEarned(), plans: readPlans(document.plans) };
}

/**
 * Changes nothing. Under both plans a month counts as what it comes to by all that is known now, without corrections, which would count a
 * difference of a closed month twice.
 */
export async function readWhatIf(source: PaySource, { from, to, plans }: WhatIfQuestion): Promise<WhatIf> {
  const periods = [from];
  while (periods.at(-1)! < to && periods.length <= WHAT_IF_PERIODS_MAX)
    periods.push(nextMonth(periods.at(-1)!));
  if (periods.length > WHAT_IF_PERIODS_MAX) {
    throw new Problem('invalid-input', `Wanted at most ${WHAT_IF_PERIODS_MAX} months; got ${from} to ${to}.`);
  }
  const { document } = plansInForce(source);
  const [known, whatIf] = await readPayBooks(source, async () => [
    await termsInForce(source, document, periods, { isCorrecting: false }),
    { ...commonTerms(source, { ...document, plans }), closings: [], periods },
  ]);
  const rows = new Map<string, WhatIfRow>();
  const add = (field: 'payMinor' | 'whatIfMinor', { agentId, currency, payMinor }: PayStatement) => {
    const key = JSON.stringify([agentId, currency]);
    const row = rows.get(key) ?? { agentId, currency, payMinor: 0, whatIfMinor: 0 };
    rows.set(key, { ...row, [field]: row[field] + payMinor });
  };
  for (const period of periods) {
    for (const statement of known.statements(period)) add('payMinor', statement);
    for (const statement of whatIf.statements(period)) add('whatIfMinor', statement);
  }
  return { from, to, rows: [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row) };
}

type NamedTerms = PayTerms & { readonly calendar: NamedCalendar };

function commonTerms(
  { categories }: Pick<ReportSource, 'categories'>,
  { timeZone, dayEnds, plans }: PlansDocument,
): Pick<NamedTerms, 'plans' | 'calendar' | 'categoryOf'> {
  const calendar = zoneCalendar(timeZone, dayEnds);
  return { plans: readPlans(plans), calendar, categoryOf: (productId) => categories.get(productId) };
}

/** @param isCorrecting whether to include what was paid, because one of the periods holds the corrections of it */
async function termsInForce(
  source: PaySource,
  document: PlansDocument,
  periods: readonly string[],
  { agentId, isCorrecting }: { readonly agentId?: string | undefined; readonly isCorrecting: boolean },
): Promise<NamedTerms> {
  const last = source.commissions.newestClosedPeriod(source.tenant);
  const correcting = isCorrecting ? correctedIn(last) : undefined;
  const corrections =
    correcting !== undefined && periods.includes(correcting) ? new Corrections() : undefined;
  const closings: ClosedTerms[] = [];
  await eachClosing(source, last, ({ period, plans, categories, statements }) => {
    closings.push({ period, plans, categories });
    for (const entry of entriesOf(statements, agentId)) corrections?.addPaid(entry);
  });
  return {
    ...commonTerms(source, document),
    closings,
    periods,
    ...(corrections && { corrections }),
    ...(agentId !== undefined && { agentId }),
  };
}

/** @param last closed period to take; one that is closed meanwhile is left out */
async function eachClosing(
  { commissions, tenant, pause }: PaySource,
  last: string | undefined,
  take: (closing: ClosedPeriod) => void,
): Promise<void> {
  for (const closing of commissions.closings(tenant)) {
    if (last === undefined || closing.period > last) return;
    take(closing);
    await pause();
  }
}

function entriesOf(statements: readonly PayStatement[], agentId: string | undefined): PayEntry[] {
  return statements
    .filter((statement) => agentId === undefined || statement.agentId === agentId)
    .flatMap(({ entries }) => entries);
}

/** Reads once for several terms with one calendar. @param makeTerms called again whenever the reading starts again */
function readPayBooks<Terms extends readonly [NamedTerms, ...NamedTerms[]]>(
  source: PaySource,
  makeTerms: () => Promise<Terms>,
): Promise<{ readonly [at in keyof Terms]: PayBook }> {
  return fromOutcomes(source, async ({ outcomes, tenant, pause }) => {
    // Called before the pauses that follow, so that up-sells thrown away during one are an error rather than none.
    const allUpsells = outcomes.upsells(tenant);
    const terms = await makeTerms();
    const books = terms.map((one) => new PayBook(one));
    const { names, parts } = outcomes.salesByDay(tenant, terms[0].calendar, ...EVER);
    for (const sums of parts) for (const book of books) book.addDays(sums, names);
    for (const upsells of allUpsells) {
      for (const upsell of upsells) for (const book of books) book.addUpsell(upsell);
      await pause();
    }
    for (const book of books) book.settle();
    for (const one of terms) await tellPaid(source, one);
    return books as { [at in keyof Terms]: PayBook };
  });
}

/** Passes on what was paid, if some of it is no longer known. */
async function tellPaid(source: PaySource, { corrections, closings, agentId }: NamedTerms): Promise<void> {
  if (!corrections?.isUntold) return;
  await eachClosing(source, closings.at(-1)?.period, ({ statements }) => {
    for (const entry of entriesOf(statements, agentId)) corrections.tellPaid(entry);
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
