import { type BusinessCalendar, businessDay, nextMonth, periodName } from './business-calendar.ts';
import { CommissionTally, type CommissionTerms, type UnpaidUpsells } from './commission.ts';
import { type CommissionPlan, planFor } from './commission-plan.ts';
import type { Corrections } from './corrections.ts';
import type { DaySums } from './day-sums.ts';
import { getOrMake } from './get-or-make.ts';
import { HomeStores } from './home-stores.ts';
import type { OutcomeNames } from './outcome-names.ts';
import type { PayEntry } from './pay-entry.ts';
import { basePayEntries, type ClosedTerms, type PayStatement, statementsOf } from './pay-statement.ts';
import type { Upsell } from './upsells.ts';

export interface PayTerms {
  /** In force for all periods that are not closed. */
  readonly plans: readonly CommissionPlan[];
  /** In order of period, without a gap. */
  readonly closings: readonly ClosedTerms[];
  /** Those of the closed periods, holding what was paid; none are made when absent. */
  readonly corrections?: Corrections;
  readonly calendar: BusinessCalendar;
  /** The category in the catalogue in service. */
  readonly categoryOf: (productId: string) => string | undefined;
  /** Periods whose statements are asked for; the fewer, the less memory the entries take. All when absent. */
  readonly periods?: readonly string[];
  /** The only agent whose pay is asked for. */
  readonly agentId?: string;
}

/**
 * The pay of a tenant, from all its up-sells. Pay periods are months of business days. A closed period keeps the plans and
 * categories that it was closed with; what is known about it later becomes corrections in the first period after the last
 * closed one. What was sold before the first closed period was paid elsewhere.
 */
export class PayBook {
  readonly #terms: PayTerms;
  readonly #tally: CommissionTally;
  readonly #homes: HomeStores;
  readonly #closed: ReadonlySet<string>;
  /** Entries of the periods asked for. */
  readonly #entries: PayEntry[] = [];

  constructor(terms: PayTerms) {
    this.#terms = terms;
    this.#tally = new CommissionTally(commissionTerms(terms, (entry) => this.#take(entry)));
    this.#homes = new HomeStores();
    this.#closed = new Set(terms.closings.map(({ period }) => period));
    for (const { plans, period } of terms.closings)
      for (const entry of this.#base(plans, period)) terms.corrections?.addKnown(entry);
  }

  /** Where agents sold, by the days of the calendar. */
  addDays({ groups: { count, columns } }: DaySums, { places }: OutcomeNames): void {
    for (let at = 0; at < count; at++)
      this.#homes.add(monthOf(columns.day[at]!), places[columns.place[at]!]!, columns.transactions[at]!);
  }

  addUpsell(upsell: Upsell): void {
    this.#tally.add(upsell);
  }

  /** Call once, after all up-sells are added and before anything is asked. */
  settle(): void {
    this.#tally.settle();
  }

  /** By what is known now, even if the period is closed. @param period one of those asked for */
  statements(period: string): PayStatement[] {
    const base = this.#base(this.#plansOf(period), period);
    const own = this.#entries.filter((entry) => entry.period === period);
    return statementsOf([...base, ...own, ...this.#corrections(period)], (agentId) =>
      this.#homes.of(agentId, period),
    );
  }

  /** The first period in which somebody earned something by an up-sell; undefined where there is none. */
  firstEarned(): string | undefined {
    return this.#tally.firstPeriod();
  }

  unpaid(period: string): UnpaidUpsells {
    return this.#tally.unpaid(period);
  }

  /** Only the first period after the last closed one has any. */
  #corrections(period: string): PayEntry[] {
    const { closings, corrections } = this.#terms;
    return period === correctedIn(closings.at(-1)?.period) ? (corrections?.entries(period) ?? []) : [];
  }

  #base(plans: readonly CommissionPlan[], period: string): PayEntry[] {
    return basePayEntries(plans, period).filter(({ agentId }) => isAsked(this.#terms, agentId));
  }

  #take(entry: PayEntry): void {
    if (isAskedPeriod(this.#terms, entry.period)) this.#entries.push(entry);
    if (this.#closed.has(entry.period)) this.#terms.corrections?.addKnown(entry);
  }

  #plansOf(period: string): readonly CommissionPlan[] {
    const { plans, closings } = this.#terms;
    return closings.find((closing) => closing.period === period)?.plans ?? plans;
  }
}

/** The period in which closed ones are corrected. @param last closed period */
export function correctedIn(last: string | undefined): string | undefined {
  return last === undefined ? undefined : nextMonth(last);
}

function monthOf(day: number): string {
  return periodName(day, 'month');
}

function isAsked({ agentId }: PayTerms, of: string): boolean {
  return agentId === undefined || of === agentId;
}

/** The agent who is asked about, and those who share a pool with them. */
function neededFor({ agentId: asked, plans, closings }: PayTerms): CommissionTerms['isNeeded'] {
  if (asked === undefined) return () => true;
  const teams = [...plans, ...closings.flatMap((closing) => closing.plans)]
    .filter(({ teamBasisPoints }) => teamBasisPoints !== undefined)
    .map(({ agentIds }) => agentIds ?? [])
    .filter((agentIds) => agentIds.includes(asked));
  const needed = new Set([asked, ...teams.flat()]);
  return (agentId) => needed.has(agentId);
}

function isAskedPeriod({ periods }: PayTerms, period: string): boolean {
  return periods === undefined || periods.includes(period);
}

function commissionTerms(terms: PayTerms, take: CommissionTerms['take']): CommissionTerms {
  const { plans, closings, corrections, categoryOf, calendar } = terms;
  const closed = new Map(
    closings.map(({ period, plans: kept, categories }) => [
      period,
      { plans: kept, categories: new Map(categories) },
    ]),
  );
  const first = closings[0]?.period ?? '';
  const monthOfDay = new Map<number, string>();
  const periodOf = (atMs: number) => {
    const day = businessDay(calendar, atMs);
    return getOrMake(monthOfDay, day, () => monthOf(day));
  };
  return {
    periodOf,
    planOf: (agentId, period) =>
      period < first ? undefined : planFor(closed.get(period)?.plans ?? plans, agentId, period),
    categoryOf: (productId, period) => {
      const kept = closed.get(period)?.categories.get(productId);
      return kept === undefined ? categoryOf(productId) : (kept ?? undefined);
    },
    isWanted: (period) => isAskedPeriod(terms, period) || (corrections !== undefined && closed.has(period)),
    isAsked: (agentId) => isAsked(terms, agentId),
    isNeeded: neededFor(terms),
    take,
  };
}
