import { BasketBook } from '../ledger/basket-book.ts';
import type { DaySpan } from '../ledger/compared-spans.ts';
import type { EventStore } from '../ledger/event-store.ts';
import { DAY_MS } from '../ledger/instant.ts';
import { type OutcomeStore, OutcomesLost } from '../ledger/outcome-store.ts';
import { Problem } from './problem.ts';

/** Product → category, by the catalogue in service. */
export type Categories = ReadonlyMap<string, string>;
export const NO_CATEGORIES: Categories = new Map();

/** What a report is about, and how to make it without getting in anybody's way. */
export interface ReportSource {
  readonly tenant: string;
  readonly nowMs: number;
  /** Of the products that have a category; empty where the report does not ask for any. */
  readonly categories: Categories;
  /** Lets others run; rejects when there is no more time for the report. */
  readonly pause: () => Promise<void>;
}

/** The ledger that a report is folded from, with a pause every millisecond or so. */
export interface LedgerSource extends ReportSource {
  readonly events: Pick<EventStore, 'decisions' | 'decisionFacts' | 'events' | 'flush'>;
}

/** The outcomes that a report is added up from; reading them may hold the thread for up to a second. */
export interface OutcomeSource extends ReportSource {
  readonly outcomes: OutcomeStore;
}

/** Rows folded between two pauses. */
const SLICE_ROWS = 100;
/** Baskets that fit in memory beside everything else: about a kilobyte each. */
const BASKETS_MAX = 2_000_000;

/** Reads the outcomes once they are up to date. Retries once if the store is found damaged or was rebuilt meanwhile. */
export async function fromOutcomes<Read>(
  source: OutcomeSource,
  read: (source: OutcomeSource) => Read | Promise<Read>,
): Promise<Read> {
  const { outcomes, pause } = source;
  for (let isSecond = false; ; isSecond = true) {
    while (outcomes.advance()) await pause();
    try {
      return await read(source);
    } catch (error) {
      if (isSecond || !(error instanceof OutcomesLost)) throw error;
    }
  }
}

export const EVER = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** All times that business days of any zone and hour of closing can cover. */
export function spanOf({ fromDay, toDay }: DaySpan): { fromMs: number; toMs: number } {
  return { fromMs: (fromDay - 2) * DAY_MS, toMs: (toDay + 3) * DAY_MS };
}

/** Everything the ledger has: a refund of today changes a sale of last year, so all of it is read for any range. */
export async function readBook(source: LedgerSource): Promise<BasketBook> {
  const { events, tenant } = source;
  await events.flush();
  const book = new BasketBook();
  await inSlices(source, events.decisionFacts(tenant), (decision) => book.addDecision(decision));
  await inSlices(source, events.events(tenant), (event) => {
    book.addEvent(event);
    if (book.size > BASKETS_MAX) {
      throw new Problem('too-much', `Wanted a ledger of at most ${BASKETS_MAX} baskets; this one has more.`);
    }
  });
  return book;
}

export async function inSlices<Row>(
  { pause }: Pick<ReportSource, 'pause'>,
  rows: Iterable<Row>,
  take: (row: Row) => void,
): Promise<void> {
  let taken = 0;
  for (const row of rows) {
    take(row);
    if (++taken % SLICE_ROWS === 0) await pause();
  }
}

/** Runs a fold that yields between its slices. */
export async function finish<Result>(
  { pause }: Pick<ReportSource, 'pause'>,
  steps: Generator<void, Result>,
): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await pause();
  }
}
