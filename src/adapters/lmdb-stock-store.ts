import type { Database, RootDatabase } from 'lmdb';
import { EventStoreUnavailable } from '../ledger/event-store.ts';
import { DAY_MS } from '../ledger/instant.ts';
import { type KeptStock, stateStock } from '../recommender/state-stock.ts';
import { type AbsoluteStockRow, countedAtMs, STOCK_FIGURES, type StockRow } from '../recommender/stock.ts';
import type { StockBook } from '../recommender/stock-book.ts';
import { TABLES } from './data-folder-tables.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import { digestKey, TenantKeys } from './lmdb-keys.ts';
import { readInPages } from './lmdb-pages.ts';
import { fromPlacedRow, type PlacedStockRow, toPlacedRow } from './stock-row.ts';
import { WriteBehind } from './write-behind.ts';

export interface LmdbStockStoreOptions {
  /** Statements that wait for the disk at most: half of all that may wait there, as sales need room too. Default 10,000. */
  readonly statedMax?: number;
  readonly nowMs?: () => number;
}

/** Ids of changes are remembered for one to two such periods. */
const PERIOD_MS = 3 * DAY_MS;
/** Ids of two periods are read. The third table is empty or about to be; where the clock was set back, it holds those of the next period. */
const PERIODS = TABLES.stockChanges.length;
/** Milliseconds a row from another machine waits for company, and how many such rows wait at most. */
const ADOPT_DELAY_MS = 5;
const ADOPTED_MAX = 200_000;

type StockKey = [tenantKey: string, rowKey: string];
type StockTable = Database<PlacedStockRow, StockKey>;

interface AdoptedRow {
  readonly key: StockKey;
  readonly row: AbsoluteStockRow;
}

/**
 * The stock row of each tenant, store and product. Statements are judged inside the transaction that writes their result. So each statement
 * of any process of the machine counts once, and a restart knows what was answered.
 */
export class LmdbStockStore {
  readonly #tenants = new TenantKeys();
  readonly #rows: StockTable;
  readonly #changes: readonly Database<number, string>[];
  readonly #commits: LmdbGroupCommit;
  readonly #adopted: WriteBehind<AdoptedRow>;
  readonly #statedMax: number;
  readonly #nowMs: () => number;
  #waiting = 0;
  #emptiedIn = 0;

  constructor(root: RootDatabase, commits: LmdbGroupCommit, options: LmdbStockStoreOptions = {}) {
    this.#rows = openRows(root);
    this.#changes = TABLES.stockChanges.map((table) => root.openDB(table));
    this.#commits = commits;
    this.#statedMax = options.statedMax ?? 10_000;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#adopted = new WriteBehind({
      entriesMax: ADOPTED_MAX,
      delayMs: ADOPT_DELAY_MS,
      retryMs: 1_000,
      batchMax: 100,
      write: (batch) =>
        commits.commit(batch.length, () => batch.forEach(([, adopted]) => void this.#adopt(adopted))),
      // Whoever heard the rows flushes them and reports what is wrong.
      onTrouble() {},
    });
  }

  /**
   * [rows] what became of each statement; resolves when it is on disk. Written in one transaction, so not for many rows.
   *
   * @param book what is known besides the disk; the newer counts
   * @param onLate takes the answer where it comes after the rejection: the disk was slow, and did take the statements
   * @throws EventStoreUnavailable (rejects)
   */
  async state(
    tenant: string,
    rows: readonly StockRow[],
    book: StockBook,
    onLate?: (judged: KeptStock[]) => void,
  ): Promise<KeptStock[]> {
    if (this.#waiting > 0 && this.#waiting + rows.length > this.#statedMax)
      throw new EventStoreUnavailable(
        'overloaded',
        `${this.#waiting} rows of stock are already waiting to be written to disk`,
      );
    this.#waiting += rows.length;
    try {
      return await this.#commits.commit(
        rows.length,
        () => {
          // Read inside the transaction, so that no process is a period behind what another has written.
          const period = Math.floor(this.#nowMs() / PERIOD_MS);
          this.#emptyNext(period);
          return rows.map((said) => this.#state(tenant, said, book, period));
        },
        onLate,
      );
    } finally {
      this.#waiting -= rows.length;
    }
  }

  /**
   * Keeps rows that the machines agreed on, without waiting for the disk; of one product the newest `asOfMs` wins, and of equal
   * ones the later.
   *
   * @returns number of rows not kept because too many wait for the disk
   */
  adopt(tenant: string, rows: readonly AbsoluteStockRow[]): number {
    let refused = 0;
    for (const row of rows) {
      const key = this.#keyOf(tenant, row);
      const name = key.join();
      const waiting = this.#adopted.get(name);
      if (waiting !== undefined && waiting.row.asOfMs > row.asOfMs) continue;
      if (!this.#adopted.offer(name, { key, row })) refused++;
    }
    return refused;
  }

  /** Resolves when all rows adopted so far are on disk; rejects with EventStoreUnavailable, and then keeps them. */
  flush(): Promise<void> {
    return this.#adopted.flush();
  }

  /** Writes what is adopted, then adopts nothing more. Never rejects. */
  close(): Promise<void> {
    return this.#adopted.close();
  }

  /** Every row on disk, in no particular order; rows adopted but not yet flushed are missing. */
  *loadAll(tenant: string): Generator<AbsoluteStockRow> {
    for (const placed of readInPages(this.#rows, this.#tenants.of(tenant), '')) yield fromPlacedRow(placed);
  }

  #state(tenant: string, said: StockRow, book: StockBook, period: number): KeptStock {
    const key = this.#keyOf(tenant, said);
    const stored = this.#get(key);
    const held = newestOf(stored, book, said);
    const change = said.changeId === undefined ? undefined : digestKey(...key, said.changeId);
    if (change !== undefined && this.#counts(change, period)) return { verdict: 'repeated', row: held };
    const { verdict, row } = stateStock(held, said);
    if (verdict !== 'applied') return { verdict, row };
    if (change !== undefined) this.#changesOf(period).putSync(change, period);
    return { verdict, row: this.#put(key, row!, stored) };
  }

  #counts(change: string, period: number): boolean {
    return [period + 1, period, period - 1].some((at) => this.#changesOf(at).get(change) === at);
  }

  #changesOf(period: number): Database<number, string> {
    return this.#changes[period % PERIODS]!;
  }

  /** Once a period in each process: the table of the next period holds ids of an older one, unless the clock was ahead before. */
  #emptyNext(period: number): void {
    if (this.#emptiedIn === period) return;
    const next = this.#changesOf(period + 1);
    const [one] = [...next.getRange({ limit: 1 })];
    if (one !== undefined && one.value <= period) next.clearSync();
    this.#emptiedIn = period;
  }

  #adopt({ key, row }: AdoptedRow): void {
    const stored = this.#get(key);
    if (stored === undefined || (stored.asOfMs <= row.asOfMs && !isSame(stored, row)))
      this.#put(key, row, stored);
  }

  #get(key: StockKey): AbsoluteStockRow | undefined {
    const placed = this.#rows.get(key);
    return placed && fromPlacedRow(placed);
  }

  #put(key: StockKey, row: AbsoluteStockRow, stored: AbsoluteStockRow | undefined): AbsoluteStockRow {
    const written = { ...row, revision: (stored?.revision ?? 0) + 1 };
    this.#rows.putSync(key, toPlacedRow(written));
    return written;
  }

  #keyOf(tenant: string, { storeId, productId }: StockRow): StockKey {
    return [this.#tenants.of(tenant), rowKey(storeId, productId)];
  }
}

/** Converts rows with field names, from data folders up to format 4, to values by place under their present keys. */
export function placeStockRows(root: RootDatabase): void {
  const rows = openRows(root) as Database<PlacedStockRow | AbsoluteStockRow, StockKey>;
  root.transactionSync(() => {
    for (const { key, value } of [...rows.getRange()]) {
      if (Array.isArray(value)) continue;
      const named = value as AbsoluteStockRow;
      rows.removeSync(key);
      rows.putSync([key[0], rowKey(named.storeId, named.productId)], toPlacedRow(named));
    }
  });
}

function openRows(root: RootDatabase): StockTable {
  return root.openDB(TABLES.stock);
}

/** Keeps the rows of a store together: they are mostly stated together, so fewer pages are written. */
function rowKey(storeId: string, productId: string): string {
  return digestKey(storeId) + digestKey(productId);
}

/**
 * The row on disk, unless the book holds a newer one: a model's opening stock, or what another machine said just now. Where the row on disk
 * has no count, the book may have one.
 */
function newestOf(
  stored: AbsoluteStockRow | undefined,
  book: StockBook,
  { storeId, productId }: StockRow,
): AbsoluteStockRow | undefined {
  const isNewer = stored !== undefined && book.asOfMs(storeId, productId) > stored.asOfMs;
  if (stored?.onHand !== undefined && !isNewer) return stored;
  const known = book.row(storeId, productId);
  if (known === undefined || stored === undefined) return stored ?? known;
  return (isNewer ? stateStock(stored, known) : stateStock(known, stored)).row;
}

/** A machine also hears back what it told the others. */
function isSame(one: AbsoluteStockRow, other: AbsoluteStockRow): boolean {
  return (
    one.asOfMs === other.asOfMs &&
    countedAtMs(one) === countedAtMs(other) &&
    STOCK_FIGURES.every((figure) => one[figure] === other[figure])
  );
}
