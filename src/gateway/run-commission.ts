import { createHash } from 'node:crypto';
import { nextMonth } from '../ledger/business-calendar.ts';
import type { UnpaidUpsells } from '../ledger/commission.ts';
import type { CommissionStore } from '../ledger/commission-store.ts';
import { PayBook, type PayTerms } from '../ledger/pay-book.ts';
import { type ClosedPeriod, type PayStatement, sealText } from '../ledger/pay-statement.ts';
import { upsellsOf } from '../ledger/upsells.ts';
import { NO_PLANS, type PlansDocument, readPlans, type WhatIfQuestion } from './plan-schema.ts';
import { Problem } from './problem.ts';
import { inSlices, type ReportSource, readBook } from './run-report.ts';
import { zoneOffset } from './zone-offset.ts';

/** What pay is computed from. */
export interface PaySource extends ReportSource {
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
  const closings = source.commissions.closings(source.tenant);
  const closed = closings.find((closing) => closing.period === period);
  if (closed) return closedPay(closed);
  const { version, document } = plansInForce(source);
  const [book] = await readPayBooks(source, [termsOf(source, document, closings)]);
  return {
    ...{ period, timeZone: document.timeZone, dayEnds: document.dayEnds, plansVersion: version },
    statements: book!.statements(period),
    unpaid: book!.unpaid(period),
  };
}

/** Closes a period that is over, in the order of periods; one that is closed already is answered as it is. */
export async function closeCommissions(source: PaySource, period: string): Promise<PeriodPay> {
  const { commissions, tenant, nowMs } = source;
  const closings = commissions.closings(tenant);
  const { plansVersion, ...pay } = await runCommissions(source, period);
  if (pay.closed) return { plansVersion, ...pay };
  const { version, document } = plansInForce(source);
  const terms = termsOf(source, document, closings);
  requireClosable(period, new PayBook(terms).periodOf(nowMs), closings);
  if (version !== plansVersion)
    throw new Problem('conflict', 'The plans were changed meanwhile; close again.');
  const products = new Set<string>();
  let entries = 0;
  for (const entry of pay.statements.flatMap((statement) => statement.entries)) {
    if (entry.upsell) products.add(entry.upsell.productId);
    entries++;
  }
  if (entries > ENTRIES_MAX) {
    throw new Problem(
      'too-much',
      `Wanted at most ${ENTRIES_MAX} entries in a period; this one has ${entries}.`,
    );
  }
  const unsealed = {
    ...{ period, timeZone: pay.timeZone, dayEnds: pay.dayEnds, plansVersion, plans: terms.plans },
    categories: [...products].sort().flatMap((productId) => {
      const category = source.categoryOf(productId);
      return category === undefined ? [] : [[productId, category] as const];
    }),
    ...{ statements: pay.statements, closedAtMs: nowMs, previousHash: closings.at(-1)?.hash ?? null },
  };
  const closing = { ...unsealed, hash: createHash('sha256').update(sealText(unsealed)).digest('hex') };
  if (await commissions.close(tenant, closing)) return closedPay(closing);
  throw new Problem('conflict', `A period was closed meanwhile; ask for ${period} again.`);
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
  const inForce = termsOf(source, document, source.commissions.closings(source.tenant));
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
  const calendar = { offsetMs: zoneOffset(timeZone), dayEndsAtHour: dayEnds };
  return { plans: readPlans(plans), closings, calendar, categoryOf };
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
function requireClosable(period: string, current: string, closings: readonly ClosedPeriod[]): void {
  if (period >= current) {
    throw new Problem('wrong-state', `Wanted a period that is over; got ${period}, and it is ${current}.`);
  }
  const last = closings.at(-1)?.period;
  if (last === undefined || period === nextMonth(last)) return;
  throw new Problem('wrong-state', `Wanted ${nextMonth(last)}, as ${last} was closed last; got ${period}.`);
}
