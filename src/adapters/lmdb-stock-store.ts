import type { Database, RootDatabase } from 'lmdb';
import { type AbsoluteStockRow, STOCK_FIGURES } from '../recommender/stock.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import { digestKey, TenantKeys } from './lmdb-keys.ts';
import { readInPages } from './lmdb-pages.ts';
import { WriteBehind } from './write-behind.ts';

export interface LmdbStockStoreOptions {
  /** Rows not yet on disk at most; further ones are refused. Default 200,000. */
  readonly rowsMax?: number;
  /** Milliseconds a row waits for company, and for a newer one that replaces it, before it is written. Default 200. */
  readonly delayMs?: number;
  /** Each write that failed and is tried again. */
  readonly onTrouble?: (error: Error) => void;
}

interface TenantRow {
  readonly tenant: string;
  readonly row: AbsoluteStockRow;
}

/** The newest stock row of each tenant, store and product, so that a restart knows the stock at once. */
export class LmdbStockStore {
  readonly #tenants = new TenantKeys();
  readonly #rows: Database<AbsoluteStockRow, [string, string]>;
  readonly #waiting: WriteBehind<TenantRow>;

  constructor(root: RootDatabase, commits: LmdbGroupCommit, options: LmdbStockStoreOptions = {}) {
    this.#rows = root.openDB({ name: 'stock' });
    this.#waiting = new WriteBehind({
      entriesMax: options.rowsMax ?? 200_000,
      delayMs: options.delayMs ?? 200,
      retryMs: 1_000,
      batchMax: 200,
      write: (batch) => commits.commit(batch.length, () => this.#write(batch)),
      onTrouble: options.onTrouble ?? (() => {}),
    });
  }

  /**
   * Keeps rows without waiting for the disk; of one key the newest `asOfMs` wins, and of equal ones the later put.
   *
   * @returns rows that were not kept because too many wait for the disk
   */
  put(tenant: string, rows: readonly AbsoluteStockRow[]): number {
    let refused = 0;
    for (const row of rows) {
      const key = digestKey(tenant, row.storeId, row.productId);
      const waiting = this.#waiting.get(key);
      if (waiting !== undefined && waiting.row.asOfMs > row.asOfMs) continue;
      if (!this.#waiting.offer(key, { tenant, row })) refused++;
    }
    return refused;
  }

  /** Lets rows that another process of this machine keeps take the place of older ones that wait here for the disk. */
  correct(tenant: string, rows: readonly AbsoluteStockRow[]): void {
    if (this.#waiting.size === 0) return;
    for (const row of rows) {
      const key = digestKey(tenant, row.storeId, row.productId);
      const waiting = this.#waiting.get(key);
      if (waiting !== undefined && waiting.row.asOfMs <= row.asOfMs)
        this.#waiting.offer(key, { tenant, row });
    }
  }

  /** Every row on disk, in no order of meaning; rows put but not yet flushed are missing. */
  loadAll(tenant: string): Iterable<AbsoluteStockRow> {
    return readInPages(this.#rows, this.#tenants.of(tenant), '');
  }

  /** Resolves when all rows put so far are on disk; rejects with EventStoreUnavailable, and then they are kept. */
  flush(): Promise<void> {
    return this.#waiting.flush();
  }

  /** Rows not yet on disk. */
  pending(): number {
    return this.#waiting.size;
  }

  /** Writes what is pending, then keeps nothing more. Never rejects. */
  close(): Promise<void> {
    return this.#waiting.close();
  }

  #write(batch: readonly (readonly [string, TenantRow])[]): void {
    for (const [rowKey, { tenant, row }] of batch) {
      const key: [string, string] = [this.#tenants.of(tenant), rowKey];
      const stored = this.#rows.get(key);
      if (stored === undefined || (stored.asOfMs <= row.asOfMs && !isSame(stored, row)))
        this.#rows.putSync(key, row);
    }
  }
}

/** What machines tell each other comes back to who said it. */
function isSame(one: AbsoluteStockRow, other: AbsoluteStockRow): boolean {
  return (
    one.asOfMs === other.asOfMs &&
    (one.onHandAsOfMs ?? one.asOfMs) === (other.onHandAsOfMs ?? other.asOfMs) &&
    STOCK_FIGURES.every((figure) => one[figure] === other[figure])
  );
}
