import type { RootDatabase } from 'lmdb';
import type { NamedCalendar } from '../ledger/business-calendar.ts';
import { getOrMake } from '../ledger/get-or-make.ts';
import type { SalesColumns } from '../ledger/outcome-columns.ts';
import type { OutcomeNames } from '../ledger/outcome-names.ts';
import {
  type Kept,
  type KeptUplift,
  type OutcomeStore,
  OutcomesLost,
  type SingleBaskets,
  type SummedSales,
  type UnmatchedArrival,
} from '../ledger/outcome-store.ts';
import type { UnmatchedCounts } from '../ledger/unmatched-events.ts';
import type { Upsell } from '../ledger/upsells.ts';
import { BASKET_KEY_BYTES, BasketIndex } from './basket-index.ts';
import { findLateDecisions, noteRange } from './late-decisions.ts';
import { LedgerReader, takeRows } from './ledger-reader.ts';
import { TenantKeys } from './lmdb-keys.ts';
import { RollUpCustomers } from './roll-up-customers.ts';
import { RollUpDaySums } from './roll-up-day-sums.ts';
import { openRollUp } from './roll-up-file.ts';
import { RollUpProducts } from './roll-up-products.ts';
import { RollUpSegments, SEGMENT_BASKETS } from './roll-up-segments.ts';
import { RollUpSources } from './roll-up-sources.ts';
import { namesOf, RollUpStep, type StepParts } from './roll-up-step.ts';
import {
  clearTables,
  generationOf,
  NOTHING_TAKEN_IN,
  openTables,
  type TenantState,
} from './roll-up-tables.ts';
import { RollUpUnmatched } from './roll-up-unmatched.ts';

export interface RollUpOptions {
  /** Called with the reason why all has to be made anew. */
  readonly onRebuild?: (reason: string) => void;
  /** Decisions and events of one transaction at most. Default 20,000. */
  readonly stepRows?: number;
}

/**
 * Outcomes of baskets, in an LMDB environment of their own; that of the ledger is only read. New events are those after the last arrival
 * number. New decisions are those after the last key, as keys begin with the time. The total number of decisions shows whether others came
 * late, as none is ever removed.
 */
export class LmdbRollUp implements OutcomeStore {
  readonly #root: RootDatabase;
  readonly #parts: StepParts;
  readonly #daySums: RollUpDaySums;
  readonly #stepRows: number;
  readonly #onRebuild: (reason: string) => void;
  readonly #tenants = new TenantKeys();
  readonly #indexes = new Map<string, BasketIndex>();
  #generation: string | undefined;

  /** @param path of the data folder @param ledger its environment */
  constructor(path: string, ledger: RootDatabase, options: RollUpOptions = {}) {
    this.#onRebuild = options.onRebuild ?? (() => {});
    this.#stepRows = options.stepRows ?? 20_000;
    this.#root = openRollUp(path, this.#onRebuild);
    const tables = openTables(this.#root);
    const reader = new LedgerReader(ledger);
    const segments = new RollUpSegments(tables);
    this.#daySums = new RollUpDaySums(tables, segments);
    const customers = new RollUpCustomers(tables, reader);
    const sources = new RollUpSources(tables, reader, customers);
    const products = new RollUpProducts(tables);
    const unmatched = new RollUpUnmatched(tables, sources);
    this.#parts = { tables, ledger: reader, segments, customers, products, sources, unmatched };
  }

  advance(): boolean {
    if (this.#daySums.keep()) return true;
    try {
      const isMore = this.#root.transactionSync(() => this.#advance());
      this.#root.resetReadTxn();
      return isMore;
    } catch (error) {
      this.#forget();
      if (!(error instanceof OutcomesLost)) throw error;
      this.#rebuild(error.message);
      return true;
    }
  }

  progress(): { taken: number; total: number } {
    const states = [...this.#parts.tables.tenants.getRange()].map(({ value }) => value);
    const events = Math.max(0, ...states.map(({ arrival }) => arrival));
    const taken = states.reduce((sum, { decisions }) => sum + decisions, events);
    return { taken, total: this.#parts.ledger.rowCount() };
  }

  sales(tenant: string, fromMs: number, toMs: number): Iterable<Kept<SalesColumns>> {
    const tenantKey = this.#tenants.of(tenant);
    return this.#orRebuild(this.#parts.segments.sales(tenantKey, this.#names(tenantKey), fromMs, toMs));
  }

  salesByDay(tenant: string, calendar: NamedCalendar, fromMs: number, toMs: number): SummedSales {
    const tenantKey = this.#tenants.of(tenant);
    const names = this.#names(tenantKey);
    const parts = this.#daySums.read(tenantKey, calendar, { names, fromMs, toMs });
    return { names, parts: this.#orRebuild(parts) };
  }

  uplift(tenant: string, fromMs: number, toMs: number): Iterable<KeptUplift> {
    const tenantKey = this.#tenants.of(tenant);
    const products = () => this.#parts.products.names(tenantKey);
    const names = { names: this.#names(tenantKey), products };
    return this.#orRebuild(this.#parts.segments.uplift(tenantKey, names, fromMs, toMs));
  }

  upsells(tenant: string): Iterable<readonly Upsell[]> {
    return this.#upsells(this.#tenants.of(tenant), this.#sameGeneration());
  }

  *#upsells(tenantKey: string, requireSame: () => void): Generator<readonly Upsell[]> {
    requireSame();
    for (const upsells of this.#orRebuild(this.#parts.segments.upsells(tenantKey))) {
      yield upsells;
      requireSame();
    }
  }

  baskets(tenant: string): SingleBaskets {
    const tenantKey = this.#tenants.of(tenant);
    const { sources, customers } = this.#parts;
    const requireSame = this.#sameGeneration();
    return {
      fold: (basket) => {
        requireSame();
        return this.#read(() => sources.book(tenantKey, basket));
      },
      receipts: (basket) => {
        requireSame();
        return this.#read(() => sources.receipts(tenantKey, basket));
      },
      ofCustomer: (customer, max) => {
        requireSame();
        return customers.basketsOf(tenantKey, customer, max);
      },
      numberOf: (customer) => {
        requireSame();
        return customers.codeOf(tenantKey, customer);
      },
    };
  }

  unmatched(tenant: string, max: number, before?: number): UnmatchedArrival[] {
    const { ledger, unmatched } = this.#parts;
    ledger.refresh();
    return this.#read(() => unmatched.newest(this.#tenants.of(tenant), max, before));
  }

  unmatchedCounts(tenant: string): UnmatchedCounts {
    const { unmatched, waiting } = this.#state(this.#tenants.of(tenant));
    return { ...unmatched, suggestionEvents: unmatched.suggestionEvents + waiting };
  }

  async close(): Promise<void> {
    while (this.#daySums.keep());
    await this.#root.close();
  }

  #read<Read>(of: () => Read): Read {
    try {
      return of();
    } catch (error) {
      return this.#fail(error);
    }
  }

  *#orRebuild<Part>(parts: Iterable<Part>): Generator<Part> {
    try {
      yield* parts;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A check that throws OutcomesLost once any process has thrown all away since it was last brought up to date. */
  #sameGeneration(): () => void {
    const { tables } = this.#parts;
    const generation = this.#generation ?? generationOf(tables);
    return () => {
      if (generationOf(tables) !== generation)
        throw new OutcomesLost('everything was rebuilt in the meantime');
    };
  }

  #fail(error: unknown): never {
    if (error instanceof OutcomesLost) this.#rebuild(error.message);
    throw error;
  }

  #names(tenantKey: string): OutcomeNames {
    return namesOf(this.#parts.tables.names.get(tenantKey));
  }

  /** Throws all away, so that the next calls of `advance` make it anew. */
  #rebuild(reason: string): void {
    this.#onRebuild(reason);
    this.#root.transactionSync(() => clearTables(this.#parts.tables));
  }

  #advance(): boolean {
    const { ledger, customers } = this.#parts;
    ledger.refresh();
    this.#forgetOtherGeneration();
    const tenantKeys = ledger.tenantKeys();
    let known = 0;
    for (const { key, value } of this.#parts.tables.tenants.getRange()) {
      requireSameLedger(ledger, key, value);
      known += value.decisions;
    }
    if (customers.follow(this.#stepRows)) return true;
    if (tenantKeys.some((tenantKey) => this.#takeInNew(tenantKey))) return true;
    return this.#takeInLate(tenantKeys, known);
  }

  /** Takes in what came after the last decision and event. */
  #takeInNew(tenantKey: string): boolean {
    const { tables, ledger } = this.#parts;
    const { decisionKey: after, arrival } = this.#state(tenantKey);
    const { decisions, events } = takeRows(ledger.rowsAfter(tenantKey, after, arrival), this.#stepRows);
    if (decisions.length + events.length === 0) return false;
    const step = this.#step(tenantKey);
    step.takeIn(decisions, events);
    const to = decisions.at(-1)?.key;
    if (to !== undefined) {
      noteRange(tables, tenantKey, { after, to, count: decisions.length });
      step.moveOn(to);
    }
    step.finish();
    return true;
  }

  /** Takes in late decisions, whose keys are not after those already read. */
  #takeInLate(tenantKeys: readonly string[], known: number): boolean {
    const { ledger } = this.#parts;
    const missing = ledger.decisionCount() - known;
    if (missing === 0) return false;
    if (missing < 0) throw new OutcomesLost('the ledger has fewer decisions than have been counted');
    for (const tenantKey of tenantKeys) {
      const step = this.#step(tenantKey);
      const late = findLateDecisions(this.#parts, tenantKey, step, Math.min(missing, this.#stepRows));
      if (late.length === 0) continue;
      step.takeIn(late, []);
      step.finish();
      return true;
    }
    throw new OutcomesLost('the ledger has decisions that are missing from all counted ranges');
  }

  #forgetOtherGeneration(): void {
    const generation = generationOf(this.#parts.tables);
    if (generation !== this.#generation) this.#forget();
    this.#generation = generation;
  }

  /** Forgets what memory holds of the tables. */
  #forget(): void {
    this.#indexes.clear();
    this.#parts.products.forget();
  }

  #step(tenantKey: string): RollUpStep {
    return new RollUpStep(this.#parts, tenantKey, this.#readIndex(tenantKey));
  }

  #state(tenantKey: string): TenantState {
    return this.#parts.tables.tenants.get(tenantKey) ?? NOTHING_TAKEN_IN;
  }

  /** The baskets of a tenant, including those that another process has added. */
  #readIndex(tenantKey: string): BasketIndex {
    const index = getOrMake(this.#indexes, tenantKey, () => new BasketIndex());
    const { baskets } = this.#state(tenantKey);
    while (index.count < baskets) {
      const keys = this.#parts.tables.basketKeys.get([tenantKey, Math.floor(index.count / SEGMENT_BASKETS)]);
      const from = (index.count % SEGMENT_BASKETS) * BASKET_KEY_BYTES;
      if (!keys || keys.length <= from) throw new OutcomesLost('the digests of some baskets are missing');
      for (let at = from; at < keys.length; at += BASKET_KEY_BYTES)
        index.add(keys.subarray(at, at + BASKET_KEY_BYTES));
    }
    return index;
  }
}

function requireSameLedger(
  ledger: LedgerReader,
  tenantKey: string,
  { decisionKey, lastEvent }: TenantState,
): void {
  const hasDecision = decisionKey === '' || ledger.decision(tenantKey, decisionKey) !== undefined;
  const hasEvent = !lastEvent || ledger.event(tenantKey, lastEvent.arrival)?.event.id === lastEvent.id;
  if (!hasDecision || !hasEvent)
    throw new OutcomesLost('this is not the ledger that the stored outcomes were made from');
}
