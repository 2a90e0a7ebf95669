import type { Database, RootDatabase } from 'lmdb';
import { BasketBook, type UnmatchedEvents } from '../ledger/basket-book.ts';
import type { BasketOutcome } from '../ledger/basket-outcome.ts';
import type { DecisionFacts } from '../ledger/decision.ts';
import type { StoredEvent } from '../ledger/events.ts';
import { DAY_MS } from '../ledger/instant.ts';
import { type Place, type PlaceDay, QUARTER_MS, type RollUp } from '../ledger/roll-up.ts';
import { momentOf, placeOf } from '../ledger/sales-report.ts';
import { sumsOf } from '../ledger/sales-sums.ts';
import { basketGroup, decisionGroup, type GroupKey, type LmdbBasketRows } from './lmdb-basket-rows.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import { digestKey, TenantKeys } from './lmdb-keys.ts';
import { readInPages } from './lmdb-pages.ts';
import {
  addToPlaceDayRow,
  emptyPlaceDayRow,
  fromGroupRow,
  fromPlaceDayRow,
  type GroupRow,
  type PlaceDayRow,
  type RolledGroup,
  toGroupRow,
} from './roll-up-rows.ts';

const NONE: UnmatchedEvents = { suggestionEvents: 0, refunds: 0 };
const NOTHING: RolledGroup = { outcome: undefined, unmatched: NONE };
/** Rows decoded at once, about a millisecond. */
const OUTCOME_PAGE_ROWS = 200;
const DAY_PAGE_ROWS = 20;
/** Baskets of one transaction and the time between two rounds while nobody waits: the tills come first. */
const KEEP_UP_BASKETS = 10;
const KEEP_UP_MS = 2_000;

/**
 * The roll-up in LMDB. A basket's outcome is the fold over its own decisions and events, made anew whenever one comes; the sums are
 * corrected by the outcome that was kept before. So neither order nor repetition can matter, and a crash leaves a basket
 * either rolled up or still on the list.
 */
export class LmdbRollUp implements RollUp {
  readonly #tenants = new TenantKeys();
  readonly #commits: LmdbGroupCommit;
  readonly #rows: LmdbBasketRows;
  readonly #events: Database<StoredEvent, [string, number]>;
  readonly #groups: Database<GroupRow, [string, string]>;
  /** [tenant key, day of UTC, digest of the place] */
  readonly #days: Database<PlaceDayRow, [string, number, string]>;
  readonly #unmatched: Database<UnmatchedEvents, string>;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #isClosed = false;

  constructor(root: RootDatabase, commits: LmdbGroupCommit, rows: LmdbBasketRows) {
    this.#commits = commits;
    this.#rows = rows;
    this.#events = root.openDB({ name: 'events' });
    this.#groups = root.openDB({ name: 'rolled-baskets' });
    this.#days = root.openDB({ name: 'rolled-days' });
    this.#unmatched = root.openDB({ name: 'rolled-unmatched' });
  }

  async advance(tenant: string | undefined, basketsMax: number): Promise<boolean> {
    const tenantKey = this.#rows.tenantWithUnrolled(tenant);
    if (tenantKey === undefined) return false;
    return this.#commits.commit(basketsMax, () => {
      const groups = this.#rows.takeUnrolled(tenantKey, basketsMax);
      this.#rollUp(tenantKey, groups);
      return groups.length === basketsMax || tenant === undefined;
    });
  }

  /** From now on rolls up what comes, for all tenants, so that a report finds little left to do. */
  keepUp(onTrouble: (error: Error) => void): void {
    const work = async () => {
      while (!this.#isClosed && (await this.advance(undefined, KEEP_UP_BASKETS)));
    };
    this.#timer ??= setInterval(() => {
      this.#working ??= work()
        .catch(onTrouble)
        .finally(() => {
          this.#working = undefined;
        });
    }, KEEP_UP_MS).unref();
  }

  /** Stops keeping up. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#working;
  }

  /** Rolls up the baskets of some decisions of one tenant; inside a transaction. */
  rollUpDecisions(decisions: readonly DecisionFacts[]): void {
    const [first] = decisions;
    if (!first) return;
    const tenantKey = this.#tenants.of(first.tenant);
    const baskets = new Set(decisions.map(({ basketId }) => basketGroup(basketId)));
    this.#rollUp(
      tenantKey,
      [...baskets].map((basket) => [tenantKey, basket]),
    );
  }

  *outcomes(tenant: string): Generator<BasketOutcome> {
    for (const row of readInPages(this.#groups, this.#tenants.of(tenant), '', OUTCOME_PAGE_ROWS)) {
      const { outcome } = fromGroupRow(row);
      if (outcome) yield outcome;
    }
  }

  *placeDays(tenant: string, fromDay: number, toDay: number): Generator<PlaceDay> {
    const tenantKey = this.#tenants.of(tenant);
    let start: [string, number, string] = [tenantKey, fromDay, ''];
    const end: [string, number, string] = [tenantKey, toDay, '\u007f'];
    for (let exclusiveStart = false; ; exclusiveStart = true) {
      this.#days.resetReadTxn();
      const page = [...this.#days.getRange({ start, end, exclusiveStart, limit: DAY_PAGE_ROWS })];
      for (const { key, value } of page) yield fromPlaceDayRow(key[1], value);
      if (page.length < DAY_PAGE_ROWS) return;
      start = page.at(-1)!.key;
    }
  }

  unmatched(tenant: string): UnmatchedEvents {
    this.#unmatched.resetReadTxn();
    return this.#unmatched.get(this.#tenants.of(tenant)) ?? NONE;
  }

  #rollUp(tenantKey: string, groups: readonly GroupKey[]): void {
    const changes = new RollUpChanges(this.#days, tenantKey);
    for (const group of groups) this.#roll(group, changes);
    changes.write();
    this.#addUnmatched(tenantKey, changes.unmatched);
  }

  #roll(group: GroupKey, changes: RollUpChanges): void {
    // A decision that came meanwhile has put its basket on the list.
    if (this.#rows.basketOf(group) !== undefined) return;
    const { book, decisions } = this.#fold(group);
    const [outcome] = book.outcomes();
    const unmatched = book.unmatched();
    this.#replace(group, { outcome, unmatched }, changes);
    // What was said of these decisions before they came is counted with the basket now.
    for (const { decisionId } of decisions)
      this.#replace([group[0], decisionGroup(decisionId)], NOTHING, changes);
  }

  /** All that the ledger has of a basket, or of a decision that it lacks. */
  #fold(group: GroupKey): { book: BasketBook; decisions: readonly DecisionFacts[] } {
    const book = new BasketBook();
    const { decisions, arrivals } = this.#rows.of(group);
    for (const decision of decisions) {
      book.addDecision(decision);
      arrivals.push(...this.#rows.of([group[0], decisionGroup(decision.decisionId)]).arrivals);
    }
    for (const arrival of arrivals) book.addEvent(this.#events.get([group[0], arrival])!);
    return { book, decisions };
  }

  #replace([tenantKey, group]: GroupKey, rolled: RolledGroup, changes: RollUpChanges): void {
    const key: [string, string] = [tenantKey, group];
    const kept = this.#groups.get(key);
    if (kept !== undefined) changes.add(fromGroupRow(kept), -1);
    changes.add(rolled, 1);
    if (rolled !== NOTHING) this.#groups.putSync(key, toGroupRow(rolled));
    else if (kept !== undefined) this.#groups.removeSync(key);
  }

  #addUnmatched(tenantKey: string, more: UnmatchedEvents): void {
    const { suggestionEvents, refunds } = this.#unmatched.get(tenantKey) ?? NONE;
    this.#unmatched.putSync(tenantKey, {
      suggestionEvents: suggestionEvents + more.suggestionEvents,
      refunds: refunds + more.refunds,
    });
  }
}

/** What a transaction changes of the sums: each day of a place is read and written once. */
class RollUpChanges {
  readonly #days: Database<PlaceDayRow, [string, number, string]>;
  readonly #tenantKey: string;
  readonly #changed = new Map<string, { key: [string, number, string]; row: PlaceDayRow }>();
  readonly unmatched = { suggestionEvents: 0, refunds: 0 };

  constructor(days: Database<PlaceDayRow, [string, number, string]>, tenantKey: string) {
    this.#days = days;
    this.#tenantKey = tenantKey;
  }

  add({ outcome, unmatched }: RolledGroup, times: 1 | -1): void {
    this.unmatched.suggestionEvents += times * unmatched.suggestionEvents;
    this.unmatched.refunds += times * unmatched.refunds;
    if (!outcome) return;
    const atMs = momentOf(outcome);
    const dayNumber = Math.floor(atMs / DAY_MS);
    const quarter = Math.floor((atMs - dayNumber * DAY_MS) / QUARTER_MS);
    addToPlaceDayRow(this.#day(dayNumber, placeOf(outcome)), quarter, sumsOf(outcome), times);
  }

  write(): void {
    for (const { key, row } of this.#changed.values()) {
      if (row[1].length === 0) this.#days.removeSync(key);
      else this.#days.putSync(key, row);
    }
  }

  #day(dayNumber: number, place: Place): PlaceDayRow {
    const { storeId = null, agentId = null, channel = null } = place;
    const name = JSON.stringify([dayNumber, storeId, agentId, channel]);
    const known = this.#changed.get(name);
    if (known) return known.row;
    const placeKey = digestKey(JSON.stringify([storeId, agentId, channel]));
    const key: [string, number, string] = [this.#tenantKey, dayNumber, placeKey];
    const row = this.#days.get(key) ?? emptyPlaceDayRow(place);
    this.#changed.set(name, { key, row });
    return row;
  }
}
