import type { LmdbStockStore } from '../adapters/lmdb-stock-store.ts';
import type { Changes } from '../gateway/change.ts';
import type { TenantParts } from '../gateway/gateway-parts.ts';
import { EventStoreUnavailable } from '../ledger/event-store.ts';
import type { KeptStock } from '../recommender/state-stock.ts';
import type { AbsoluteStockRow, StockRow } from '../recommender/stock.ts';
import type { StockBook } from '../recommender/stock-book.ts';

export interface TakenFor {
  readonly tenant: string;
  readonly book: StockBook;
  readonly store: Pick<LmdbStockStore, 'state'>;
  readonly changes: Changes;
  /** Takes the stores for which something counts. */
  readonly toldStores: { add(storeId: string): unknown };
  /** Monotonic clock, ms. */
  readonly ticks: () => number;
}

/** Rows written in one transaction, about two milliseconds: events and other statements can come between. */
const ROWS_AT_ONCE = 100;
/** Longest time that all the statements of a call may take: the caller waits no longer, and states the rest again. */
const TAKE_MS_MAX = 10_000;

/** Takes statements of stock: to the disk, which judges them, then into this process's book and to the other processes. */
export function takeStatements(taken: TakenFor): TenantParts['stateStock'] {
  return async (rows) => {
    const endsAt = taken.ticks() + TAKE_MS_MAX;
    const stated: KeptStock[] = [];
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      if (taken.ticks() > endsAt)
        throw new EventStoreUnavailable(
          'overloaded',
          `only ${from} of ${rows.length} rows of stock were written to disk in time`,
        );
      const said = rows.slice(from, from + ROWS_AT_ONCE);
      // Runs once: here, or late where the disk took them after this call was rejected.
      const tell = (judged: readonly KeptStock[]) => spread(taken, said, judged);
      const judged = await taken.store.state(taken.tenant, said, taken.book, tell);
      tell(judged);
      stated.push(...judged);
    }
    return stated;
  };
}

function spread(
  { tenant, book, changes, toldStores }: TakenFor,
  said: readonly StockRow[],
  judged: readonly KeptStock[],
): void {
  for (const { verdict, row } of judged)
    if (row && (verdict === 'applied' || isNews(book, row)) && book.apply(row)) toldStores.add(row.storeId);
  const applied = judged.flatMap(({ verdict, row }, at) =>
    row && verdict === 'applied' ? [{ row, stated: said[at]! }] : [],
  );
  if (applied.length === 0) return;
  changes.publish({
    kind: 'stock',
    tenant,
    rows: applied.map(({ row }) => row),
    stated: applied.map(({ stated }) => stated),
  });
}

/**
 * Whether the disk holds what this process has not heard. Nothing is told of a statement that does not count, so a row of the same time
 * must not replace what the machines agreed on while the disk was asked: it would stay.
 */
function isNews(book: StockBook, { storeId, productId, asOfMs }: AbsoluteStockRow): boolean {
  return !(asOfMs <= book.asOfMs(storeId, productId));
}
