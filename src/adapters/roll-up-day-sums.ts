import type { NamedCalendar } from '../ledger/business-calendar.ts';
import { DAY_SUMS_COLUMNS, type DaySums, sumByDay } from '../ledger/day-sums.ts';
import type { Columns } from '../ledger/outcome-columns.ts';
import type { OutcomeNames } from '../ledger/outcome-names.ts';
import { packColumns, unpackColumns } from './packed-columns.ts';
import type { RollUpSegments } from './roll-up-segments.ts';
import type { KeptDaySums, RollUpTables } from './roll-up-tables.ts';

/** Calendars of a tenant whose sums are kept; the one that came first gives way. */
const CALENDARS_MAX = 8;

type Missing = readonly [segment: number, sums: KeptDaySums];

/**
 * Segments added up by business day, which are made when a report first asks for them and kept until the segment is another: reports
 * of a long time add up days instead of baskets.
 */
export class RollUpDaySums {
  readonly #tables: RollUpTables;
  readonly #segments: RollUpSegments;

  constructor(tables: RollUpTables, segments: RollUpSegments) {
    this.#tables = tables;
    this.#segments = segments;
  }

  /** Those of baskets that may count between the two times. @throws OutcomesLost */
  *read(
    tenantKey: string,
    calendar: NamedCalendar,
    { names, fromMs, toMs }: { names: OutcomeNames; fromMs: number; toMs: number },
  ): Generator<DaySums> {
    const missing: Missing[] = [];
    for (const { segment, checksum } of this.#segments.soldBetween(tenantKey, fromMs, toMs)) {
      const kept = this.#tables.daySums.get([tenantKey, calendar.name, segment]);
      if (kept?.checksum === checksum) {
        yield unpacked(kept);
        continue;
      }
      const sums = sumByDay(this.#segments.readSales(tenantKey, segment, names), calendar);
      missing.push([segment, packed(sums, checksum)]);
      yield sums;
    }
    if (missing.length > 0) this.#keep(tenantKey, calendar.name, missing);
  }

  #keep(tenantKey: string, calendar: string, missing: readonly Missing[]): void {
    this.#tables.root.transactionSync(() => {
      this.#admit(tenantKey, calendar);
      for (const [segment, sums] of missing) {
        // Another process may have written the segment since it was read.
        if (this.#segments.checksum(tenantKey, segment) !== sums.checksum) continue;
        this.#tables.daySums.putSync([tenantKey, calendar, segment], sums);
      }
    });
    this.#tables.root.resetReadTxn();
  }

  #admit(tenantKey: string, calendar: string): void {
    const { calendars, daySums } = this.#tables;
    const known = calendars.get(tenantKey) ?? [];
    if (known.includes(calendar)) return;
    const kept = [...known, calendar];
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

function packed({ groups, money, customers }: DaySums, checksum: number): KeptDaySums {
  return {
    checksum,
    groups: packTable(groups, DAY_SUMS_COLUMNS.groups),
    money: packTable(money, DAY_SUMS_COLUMNS.money),
    customers: packTable(customers, DAY_SUMS_COLUMNS.customers),
  };
}

function unpacked({ groups, money, customers }: KeptDaySums): DaySums {
  return {
    groups: unpackTable(groups, DAY_SUMS_COLUMNS.groups),
    money: unpackTable(money, DAY_SUMS_COLUMNS.money),
    customers: unpackTable(customers, DAY_SUMS_COLUMNS.customers),
  };
}

function packTable<Name extends string>(
  { count, columns }: { count: number; columns: Columns<Name> },
  names: readonly Name[],
): Buffer {
  return packColumns(
    names.map((name) => columns[name]),
    count,
  );
}

/** @throws OutcomesLost */
function unpackTable<Name extends string>(table: Buffer, names: readonly Name[]) {
  const { count, columns } = unpackColumns(table, names.length);
  const byName = Object.fromEntries(names.map((name, i) => [name, columns[i]!])) as Columns<Name>;
  return { count, columns: byName };
}
