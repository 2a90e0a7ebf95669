import type { NamedCalendar } from '../ledger/business-calendar.ts';
import { DAY_SUMS_COLUMNS, type DaySums, sumByDay } from '../ledger/day-sums.ts';
import type { OutcomeNames } from '../ledger/outcome-names.ts';
import { OutcomesLost } from '../ledger/outcome-store.ts';
import { packTable, unpackTable } from './packed-columns.ts';
import type { RollUpSegments } from './roll-up-segments.ts';
import type { RollUpTables } from './roll-up-tables.ts';

/** Calendars of a tenant whose sums are kept; the least recently written one gives way. */
const CALENDARS_MAX = 8;
/** Most segments whose sums wait to be kept, about 20 KB each; further sums are left to the next report. */
const WAITING_MAX = 1_024;
/** Segments of one transaction. */
const STEP_SEGMENTS = 64;
/** Checksum of the segment, bytes of the groups and of the money. */
const HEAD_BYTES = 12;

interface Waiting {
  readonly tenantKey: string;
  readonly calendar: string;
  readonly segment: number;
  readonly checksum: number;
  readonly packed: Buffer;
}

/**
 * Segments added up by business day, so that reports of a long time add up days instead of baskets. Sums are made when a report first asks
 * for them and hold as long as the segment has the same checksum. They are only a cache: whatever cannot be read is made anew.
 */
export class RollUpDaySums {
  readonly #tables: RollUpTables;
  readonly #segments: RollUpSegments;
  #waiting: Waiting[] = [];

  constructor(tables: RollUpTables, segments: RollUpSegments) {
    this.#tables = tables;
    this.#segments = segments;
  }

  /** Sums of the segments with baskets that may count between the two times. Only reads; new sums wait for `keep`. @throws OutcomesLost */
  *read(
    tenantKey: string,
    calendar: NamedCalendar,
    { names, fromMs, toMs }: { names: OutcomeNames; fromMs: number; toMs: number },
  ): Generator<DaySums> {
    for (const { segment, checksum } of this.#segments.soldBetween(tenantKey, fromMs, toMs)) {
      const kept = unpacked(this.#tables.daySums.get([tenantKey, calendar.name, segment]), checksum);
      if (kept) {
        yield kept;
        continue;
      }
      const sums = sumByDay(this.#segments.readSales(tenantKey, segment, names), calendar);
      if (this.#waiting.length < WAITING_MAX)
        this.#waiting.push({
          tenantKey,
          calendar: calendar.name,
          segment,
          checksum,
          packed: packed(sums, checksum),
        });
      yield sums;
    }
  }

  /** Keeps some of what was made. @returns whether more waits */
  keep(): boolean {
    const step = this.#waiting.splice(0, STEP_SEGMENTS);
    if (step.length === 0) return false;
    try {
      this.#tables.root.transactionSync(() => this.#write(step));
    } catch {
      // Reports do not need it: on a full disk they add up baskets.
      this.#waiting = [];
    }
    return this.#waiting.length > 0;
  }

  #write(step: readonly Waiting[]): void {
    for (const { tenantKey, calendar, segment, checksum, packed } of step) {
      // Another process may have written the segment since it was read.
      if (this.#segments.checksum(tenantKey, segment) !== checksum) continue;
      this.#admit(tenantKey, calendar);
      this.#tables.daySums.putSync([tenantKey, calendar, segment], packed);
    }
  }

  #admit(tenantKey: string, calendar: string): void {
    const { calendars, daySums } = this.#tables;
    const known = calendars.get(tenantKey) ?? [];
    if (known.at(-1) === calendar) return;
    const kept = [...known.filter((name) => name !== calendar), calendar];
    for (const old of kept.splice(0, kept.length - CALENDARS_MAX)) {
      const range = {
        start: [tenantKey, old, 0] as [string, string, number],
        end: [tenantKey, `${old}\u0001`],
      };
      for (const key of [...daySums.getKeys(range)]) daySums.removeSync(key);
    }
    calendars.putSync(tenantKey, kept);
  }
}

function packed({ groups, money, customers }: DaySums, checksum: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  const tables = [
    packTable(groups, DAY_SUMS_COLUMNS.groups),
    packTable(money, DAY_SUMS_COLUMNS.money),
    packTable(customers, DAY_SUMS_COLUMNS.customers),
  ] as const;
  head.writeUInt32LE(checksum, 0);
  head.writeUInt32LE(tables[0].length, 4);
  head.writeUInt32LE(tables[1].length, 8);
  return Buffer.concat([head, ...tables]);
}

/** undefined where nothing is kept, or what is kept is damaged or of a segment with another checksum. */
function unpacked(kept: Buffer | undefined, checksum: number): DaySums | undefined {
  if (!kept || kept.length < HEAD_BYTES || kept.readUInt32LE(0) !== checksum) return undefined;
  const moneyAt = HEAD_BYTES + kept.readUInt32LE(4);
  const customersAt = moneyAt + kept.readUInt32LE(8);
  try {
    return {
      groups: unpackTable(kept.subarray(HEAD_BYTES, moneyAt), DAY_SUMS_COLUMNS.groups),
      money: unpackTable(kept.subarray(moneyAt, customersAt), DAY_SUMS_COLUMNS.money),
      customers: unpackTable(kept.subarray(customersAt), DAY_SUMS_COLUMNS.customers),
    };
  } catch (error) {
    if (error instanceof OutcomesLost) return undefined;
    throw error;
  }
}
