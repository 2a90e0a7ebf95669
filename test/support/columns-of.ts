import type { BasketBook } from '../../src/ledger/basket-book.ts';
import { OutcomeTable } from '../../src/ledger/outcome-columns.ts';

/** The outcomes of a book as columns. */
export function columnsOf(book: BasketBook): OutcomeTable {
  const table = new OutcomeTable();
  for (const outcome of book.outcomes()) table.add(outcome);
  return table;
}
