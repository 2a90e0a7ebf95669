import { BasketBook } from '../../src/ledger/basket-book.ts';
import type { DecisionRecord } from '../../src/ledger/decision.ts';
import type { StoredEvent } from '../../src/ledger/events.ts';

/** A decision or an event as the ledger has it. */
export type BookEntry = DecisionRecord | StoredEvent;

/** A book of what is given, in this order. */
export function filledBook(entries: readonly BookEntry[]): BasketBook {
  const book = new BasketBook();
  for (const entry of entries) {
    if ('event' in entry) book.addEvent(entry);
    else book.addDecision(entry);
  }
  return book;
}
