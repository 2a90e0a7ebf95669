import type { LmdbStockStore } from './adapters/lmdb-stock-store.ts';
import type { Changes } from './gateway/change.ts';
import type { TenantParts } from './gateway/gateway-parts.ts';
import type { StatedStock } from './recommender/state-stock.ts';
import type { StockRow } from './recommender/stock.ts';
import type { StockBook } from './recommender/stock-book.ts';

export interface TakenFor {
  readonly tenant: string;
  readonly book: StockBook;
  readonly store: Pick<LmdbStockStore, 'state'>;
  readonly changes: Changes;
  /** Takes the stores of which something counts. */
  readonly toldStores: { add(storeId: string): unknown };
}

/** Rows written in one transaction, about two milliseconds: events and other statements come between. */
const ROWS_AT_ONCE = 100;

/** Takes statements of stock: to the disk, which judges them, then into this process's book and to the other processes. */
export function takeStatements(taken: TakenFor): TenantParts['stateStock'] {
  return async (rows) => {
    const stated: StatedStock[] = [];
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const said = rows.slice(from, from + ROWS_AT_ONCE);
      const judged = await taken.store.state(taken.tenant, said, taken.book);
      spread(taken, said, judged);
      stated.push(...judged);
    }
    return stated;
  };
}

/** Of what is repeated others may not have heard, nor this process where a commit was late. */
function spread(
  { tenant, book, changes, toldStores }: TakenFor,
  said: readonly StockRow[],
  judged: readonly StatedStock[],
): void {
  const rowsOf = (wanted: StatedStock['verdict']) =>
    judged.flatMap(({ verdict, row }, at) => (row && verdict === wanted ? [{ row, stated: said[at]! }] : []));
  const [applied, repeated] = [rowsOf('applied'), rowsOf('repeated')];
  for (const { row } of [...applied, ...repeated]) {
    book.apply(row);
    toldStores.add(row.storeId);
  }
  if (applied.length > 0)
    changes.publish({
      ...{ kind: 'stock', tenant },
      ...{ rows: applied.map(({ row }) => row), stated: applied.map(({ stated }) => stated) },
    });
  if (repeated.length > 0) changes.publish({ kind: 'stock', tenant, rows: repeated.map(({ row }) => row) });
}
