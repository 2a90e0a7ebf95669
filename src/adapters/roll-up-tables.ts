import { randomUUID } from 'node:crypto';
import type { Database, RootDatabase } from 'lmdb';
import { NOTHING_UNMATCHED, type UnmatchedCounts, type UnmatchedReason } from '../ledger/unmatched-events.ts';

/** How far a tenant's ledger is taken in, and sums over all its baskets. */
export interface TenantState {
  /** The last decision that was read in the order of keys; '' before the first. */
  readonly decisionKey: string;
  /** Decisions taken in. */
  readonly decisions: number;
  /** The arrival number from which events are new. */
  readonly arrival: number;
  /** Arrival number and id of the last event taken in, by which the ledger is recognised. */
  readonly lastEvent: { readonly arrival: number; readonly id: string } | undefined;
  readonly baskets: number;
  readonly customers: number;
  /** Events that wait for their decision. */
  readonly waiting: number;
  /** Of baskets: those that wait are not among them. */
  readonly unmatched: UnmatchedCounts;
}

export const NOTHING_TAKEN_IN: TenantState = {
  decisionKey: '',
  decisions: 0,
  arrival: 0,
  lastEvent: undefined,
  baskets: 0,
  customers: 0,
  waiting: 0,
  unmatched: NOTHING_UNMATCHED,
};

/** An event that counts nowhere or not by itself, by its arrival number. */
export type Unmatched = readonly [arrival: number, reason: UnmatchedReason];

/** What a basket's outcome was made of: keys of decisions, arrival numbers of events; and which of these count nowhere or not by themselves. */
export interface BasketSources {
  readonly decisions: readonly string[];
  readonly arrivals: readonly number[];
  readonly unmatched: readonly Unmatched[];
}

export interface StoredNames {
  readonly places: readonly (readonly (string | null)[])[];
  readonly currencies: readonly string[];
}

/** A customer's number, and one decision that holds the present name. */
export interface KnownCustomer {
  readonly code: number;
  readonly decisionKey: string;
}

/** Erased customers at the last look: how many, and whether one was not finished. And the number of the last lapse that was followed. */
export interface ErasuresSeen {
  readonly count: number;
  readonly isUnderWay: boolean;
  /** None when absent. */
  readonly lapses?: number;
}

/**
 * Used to choose segments: the first and last time under which a basket counts, then the first and last time of a first decision. The
 * checksum is that of the segment's packed columns.
 */
export type SegmentSpan = readonly [
  firstMs: number,
  lastMs: number,
  firstDecidedMs: number,
  lastDecidedMs: number,
  checksum: number,
];

/** The tables of a roll-up. Rows of baskets count from 0 for each tenant, in the order in which the baskets came. */
export interface RollUpTables {
  readonly root: RootDatabase;
  readonly tenants: Database<TenantState, string>;
  readonly names: Database<StoredNames, string>;
  /** [tenant key, row] */
  readonly sources: Database<BasketSources, [string, number]>;
  /** [tenant key, segment] → digests of the ids of its baskets */
  readonly basketKeys: Database<Buffer, [string, number]>;
  /** [tenant key, segment, part] → packed columns, or packed up-sells */
  readonly columns: Database<Buffer, [string, number, string]>;
  /** [tenant key, code] → id of a product on a receipt */
  readonly products: Database<string, [string, number]>;
  /** [tenant key, segment] */
  readonly spans: Database<SegmentSpan, [string, number]>;
  /** [tenant key, name of a calendar, segment] → the segment added up by day */
  readonly daySums: Database<Buffer, [string, string, number]>;
  /** tenant key → names of the calendars in `daySums`; the last was written last */
  readonly calendars: Database<readonly string[], string>;
  /** [tenant key, digest of the name] */
  readonly customers: Database<KnownCustomer, [string, string]>;
  /** [tenant key, number of a customer, row] of baskets that were the customer's when they were folded */
  readonly customerBaskets: Database<true, [string, number, number]>;
  /** [tenant key, key of a decision, arrival number] of events whose decision is not taken in */
  readonly waiting: Database<true, [string, string, number]>;
  /** [tenant key, arrival number] of events that count nowhere or not by themselves, those that wait included */
  readonly unmatched: Database<UnmatchedReason, [string, number]>;
  /** [tenant key, key of a decision] → number of decisions taken in after the range before, up to and including this key */
  readonly ranges: Database<number, [string, string]>;
  readonly erasures: Database<ErasuresSeen, string>;
}

export function openTables(root: RootDatabase): RollUpTables {
  return {
    root,
    tenants: root.openDB({ name: 'tenants' }),
    names: root.openDB({ name: 'names' }),
    sources: root.openDB({ name: 'sources' }),
    basketKeys: root.openDB({ name: 'basket-keys', encoding: 'binary' }),
    columns: root.openDB({ name: 'columns', encoding: 'binary' }),
    products: root.openDB({ name: 'products' }),
    spans: root.openDB({ name: 'spans' }),
    daySums: root.openDB({ name: 'day-sums', encoding: 'binary' }),
    calendars: root.openDB({ name: 'calendars' }),
    customers: root.openDB({ name: 'customers' }),
    customerBaskets: root.openDB({ name: 'customer-baskets' }),
    waiting: root.openDB({ name: 'waiting' }),
    unmatched: root.openDB({ name: 'unmatched' }),
    ranges: root.openDB({ name: 'ranges' }),
    erasures: root.openDB({ name: 'erasures' }),
  };
}

const GENERATION_KEY = 'generation';

/** Throws all away; call inside a transaction. */
export function clearTables({ root, ...tables }: RollUpTables): void {
  for (const table of Object.values(tables)) table.clearSync();
  root.putSync(GENERATION_KEY, randomUUID());
}

/** Changes when any process throws all away. */
export function generationOf({ root }: RollUpTables): string {
  return String(root.get(GENERATION_KEY));
}
