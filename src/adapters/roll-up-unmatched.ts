import type { UnmatchedArrival } from '../ledger/outcome-store.ts';
import { type UnmatchedCounts, type UnmatchedReason, withUnmatched } from '../ledger/unmatched-events.ts';
import type { RollUpSources } from './roll-up-sources.ts';
import type { RollUpTables, Unmatched } from './roll-up-tables.ts';

/** Which events count nowhere or not by themselves, in the order of their arrival. Changes are made inside a transaction of the roll-up. */
export class RollUpUnmatched {
  readonly #tables: Pick<RollUpTables, 'unmatched'>;
  readonly #sources: RollUpSources;

  constructor(tables: Pick<RollUpTables, 'unmatched'>, sources: RollUpSources) {
    this.#tables = tables;
    this.#sources = sources;
  }

  add(tenantKey: string, [arrival, reason]: Unmatched): void {
    this.#tables.unmatched.putSync([tenantKey, arrival], reason);
  }

  remove(tenantKey: string, arrival: number): void {
    this.#tables.unmatched.removeSync([tenantKey, arrival]);
  }

  /** Puts what a basket has now in place of what it had. @param counts of all baskets @returns the counts after that */
  replace(
    tenantKey: string,
    before: readonly Unmatched[],
    now: readonly Unmatched[],
    counts: UnmatchedCounts,
  ): UnmatchedCounts {
    const [was, is] = [new Map(before), new Map(now)];
    for (const arrival of was.keys()) if (!is.has(arrival)) this.remove(tenantKey, arrival);
    for (const [arrival, reason] of is)
      if (was.get(arrival) !== reason) this.add(tenantKey, [arrival, reason]);
    return withUnmatched(withUnmatched(counts, reasonsOf(before), -1), reasonsOf(now), 1);
  }

  /** The newest first. @param before arrival number; all are returned without it @throws OutcomesLost */
  newest(tenantKey: string, max: number, before = Number.POSITIVE_INFINITY): UnmatchedArrival[] {
    const range = {
      start: [tenantKey, before] as [string, number],
      end: [tenantKey, Number.NEGATIVE_INFINITY] as [string, number],
      exclusiveStart: true,
      reverse: true,
      limit: max,
    };
    return [...this.#tables.unmatched.getRange(range)].map(({ key: [, arrival], value: reason }) => ({
      arrival,
      reason,
      stored: this.#sources.event(tenantKey, arrival),
    }));
  }
}

function reasonsOf(unmatched: readonly Unmatched[]): UnmatchedReason[] {
  return unmatched.map(([, reason]) => reason);
}
