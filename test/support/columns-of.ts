import type { BasketBook } from '../../src/ledger/basket-book.ts';
import { numbering, OutcomeTable } from '../../src/ledger/outcome-columns.ts';
import { OutcomeNames } from '../../src/ledger/outcome-names.ts';

/** The outcomes of a book as columns. @param numberOf a customer */
export function columnsOf(book: BasketBook, numberOf = numbering()): OutcomeTable {
  const table = new OutcomeTable(new OutcomeNames(), numberOf);
  for (const outcome of book.outcomes()) table.add(outcome);
  return table;
}
