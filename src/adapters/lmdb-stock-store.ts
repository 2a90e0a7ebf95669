import type { Database, RootDatabase } from 'lmdb';
import { type StatedStock, stateStock } from '../recommender/state-stock.ts';
import { type AbsoluteStockRow, STOCK_FIGURES, type StockRow } from '../recommender/stock.ts';
import type { StockBook } from '../recommender/stock-book.ts';
import { commitInSteps } from './commit-in-steps.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import { digestKey, TenantKeys } from './lmdb-keys.ts';
import { readInPages } from './lmdb-pages.ts';
import { fromPlacedRow, type PlacedStockRow, toPlacedRow } from './stock-row.ts';

/** Ids of changes are known for one to two such periods. */
const PERIOD_MS = 3 * 24 * 3600 * 1000;
/** Ids forgotten in one transaction. */
const FORGOTTEN_AT_ONCE = 100;

/**
 * The stock row of each tenant, store and product. Statements are judged here, inside the transaction that writes their result:
 * so those of all processes of a machine count, each once, and a restart knows what was answered.
 */
export class LmdbStockStore {
  readonly #tenants = new TenantKeys();
  readonly #rows: Database<PlacedStockRow | AbsoluteStockRow, [string, string]>;
  /** Changes that count, under the period in which they came. */
  readonly #changes: Database<true, [number, string]>;
  readonly #commits: LmdbGroupCommit;
  readonly #nowMs: () => number;
  #forgotBefore = 0;

  constructor(root: RootDatabase, commits: LmdbGroupCommit, nowMs: () => number = Date.now) {
    this.#rows = root.openDB({ name: 'stock' });
    this.#changes = root.openDB({ name: 'stock-changes' });
    this.#commits = commits;
    this.#nowMs = nowMs;
  }

  /**
   * [rows] what became of each statement, when it is on disk. Written in one transaction: not for many rows.
   *
   * @param book what is known beside the disk, of which the newer counts
   * @throws EventStoreUnavailable (rejects)
   */
  state(tenant: string, rows: readonly StockRow[], book: StockBook): Promise<StatedStock[]> {
    const period = Math.floor(this.#nowMs() / PERIOD_MS);
    void this.#forgetBefore(period - 1);
    return this.#commits.commit(rows.length, () =>
      rows.map((said) => this.#state(tenant, said, book, period)),
    );
  }

  /**
   * Keeps rows that the machines agreed on, unless newer ones are on disk; resolves when they are there.
   *
   * @throws EventStoreUnavailable (rejects)
   */
  async adopt(tenant: string, rows: readonly AbsoluteStockRow[]): Promise<void> {
    await this.#commits.commit(rows.length, () => {
      for (const row of rows) this.#adopt(tenant, row);
    });
  }

  /** Every row on disk, in no order of meaning. */
  *loadAll(tenant: string): Generator<AbsoluteStockRow> {
    for (const placed of readInPages(this.#rows, this.#tenants.of(tenant), '')) yield fromPlacedRow(placed);
  }

  #state(tenant: string, said: StockRow, book: StockBook, period: number): StatedStock {
    const key = this.#keyOf(tenant, said);
    const stored = this.#get(key);
    const held = newestOf(stored, book, said);
    const change = said.changeId === undefined ? undefined : digestKey(...key, said.changeId);
    if (change !== undefined && this.#counts(change, period)) return { verdict: 'repeated', row: held };
    const { verdict, row } = stateStock(held, said);
    if (verdict !== 'applied') return { verdict, row };
    if (change !== undefined) this.#changes.putSync([period, change], true);
    return { verdict, row: this.#put(tenant, key, row!, stored) };
  }

  #counts(change: string, period: number): boolean {
    return [period, period - 1].some((at) => this.#changes.get([at, change]) !== undefined);
  }

  /** Once a period in each process; where the disk refuses, again with a later statement. Never rejects. */
  async #forgetBefore(period: number): Promise<void> {
    if (this.#forgotBefore >= period) return;
    this.#forgotBefore = period;
    await commitInSteps(this.#commits, FORGOTTEN_AT_ONCE, (max) => {
      const old = [...this.#changes.getKeys({ end: [period, ''], limit: max })];
      for (const key of old) this.#changes.removeSync(key);
      return old.length;
    }).catch(() => {
      this.#forgotBefore = 0;
    });
  }

  #adopt(tenant: string, row: AbsoluteStockRow): void {
    const key = this.#keyOf(tenant, row);
    const stored = this.#get(key);
    if (stored === undefined || (stored.asOfMs <= row.asOfMs && !isSame(stored, row)))
      this.#put(tenant, key, row, stored);
  }

  #get(key: [string, string]): AbsoluteStockRow | undefined {
    const placed = this.#rows.get(key);
    return placed && fromPlacedRow(placed);
  }

  #put(
    tenant: string,
    key: [string, string],
    row: AbsoluteStockRow,
    stored: AbsoluteStockRow | undefined,
  ): AbsoluteStockRow {
    const written = { ...row, revision: (stored?.revision ?? 0) + 1 };
    this.#rows.putSync(key, toPlacedRow(written));
    // Where a data folder of an older release has it; the book has brought it here.
    if (stored === undefined) this.#rows.removeSync([key[0], digestKey(tenant, row.storeId, row.productId)]);
    return written;
  }

  /** The rows of a store together, as they are mostly stated together: fewer pages are written. */
  #keyOf(tenant: string, { storeId, productId }: StockRow): [string, string] {
    return [this.#tenants.of(tenant), digestKey(storeId) + digestKey(productId)];
  }
}

/** The row on disk, unless the book holds a newer one: a model's opening stock, or what another machine said just now. */
function newestOf(
  stored: AbsoluteStockRow | undefined,
  book: StockBook,
  { storeId, productId }: StockRow,
): AbsoluteStockRow | undefined {
  const asOfMs = book.asOfMs(storeId, productId);
  if (stored !== undefined && !(asOfMs > stored.asOfMs)) return stored;
  const known = book.row(storeId, productId);
  return known === undefined ? stored : stateStock(stored, known).row;
}

/** What machines tell each other comes back to who said it. */
function isSame(one: AbsoluteStockRow, other: AbsoluteStockRow): boolean {
  return (
    one.asOfMs === other.asOfMs &&
    (one.onHandAsOfMs ?? one.asOfMs) === (other.onHandAsOfMs ?? other.asOfMs) &&
    STOCK_FIGURES.every((figure) => one[figure] === other[figure])
  );
}
