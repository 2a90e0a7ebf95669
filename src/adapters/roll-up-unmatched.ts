import type { UnmatchedArrival } from '../ledger/outcome-store.ts';
import { countUnmatched, type UnmatchedCounts } from '../ledger/unmatched-events.ts';
import type { RollUpSources } from './roll-up-sources.ts';
import type { RollUpTables, Unmatched } from './roll-up-tables.ts';

/** Which events count nowhere, in the order of their arrival. Changes are made inside a transaction of the roll-up. */
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

  /** What a basket had, and what it has now. @returns how many more there are */
  replace(tenantKey: string, before: readonly Unmatched[], now: readonly Unmatched[]): UnmatchedCounts {
    for (const [arrival] of before) this.remove(tenantKey, arrival);
    for (const unmatched of now) this.add(tenantKey, unmatched);
    const [was, is] = [before, now].map((of) => countUnmatched(of.map(([, reason]) => reason)));
    return {
      suggestionEvents: is!.suggestionEvents - was!.suggestionEvents,
      refunds: is!.refunds - was!.refunds,
    };
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
