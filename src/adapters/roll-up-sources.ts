import type { BasketBook } from '../ledger/basket-book.ts';
import type { DecisionFacts } from '../ledger/decision.ts';
import type { RecordedLine, SaleEvent, StoredEvent } from '../ledger/events.ts';
import { bookOf } from '../ledger/folded-basket.ts';
import { OutcomesLost } from '../ledger/outcome-store.ts';
import type { LedgerReader } from './ledger-reader.ts';
import type { RollUpCustomers } from './roll-up-customers.ts';
import type { BasketSources, RollUpTables } from './roll-up-tables.ts';

/** What baskets are folded from, as the ledger has it. */
export class RollUpSources {
  readonly #tables: Pick<RollUpTables, 'sources'>;
  readonly #ledger: LedgerReader;
  readonly #customers: RollUpCustomers;

  constructor(tables: Pick<RollUpTables, 'sources'>, ledger: LedgerReader, customers: RollUpCustomers) {
    this.#tables = tables;
    this.#ledger = ledger;
    this.#customers = customers;
  }

  /** @throws OutcomesLost, as all here */
  of(tenantKey: string, basket: number): BasketSources {
    const sources = this.#tables.sources.get([tenantKey, basket]);
    if (!sources)
      throw new OutcomesLost('the list of decisions and events that a basket was folded from is missing');
    return sources;
  }

  decision(tenantKey: string, key: string): DecisionFacts {
    return this.#customers.renamed(tenantKey, present(this.#ledger.decision(tenantKey, key)));
  }

  event(tenantKey: string, arrival: number): StoredEvent {
    return present(this.#ledger.event(tenantKey, arrival));
  }

  receipts(tenantKey: string, basket: number): SaleEvent<RecordedLine>[] {
    const { arrivals } = this.of(tenantKey, basket);
    this.#ledger.refresh();
    const events = arrivals.map((arrival) => this.event(tenantKey, arrival).event);
    return events.filter((event) => event.type === 'sale');
  }

  book(tenantKey: string, basket: number): BasketBook {
    const { decisions, arrivals } = this.of(tenantKey, basket);
    // Another process may have taken in what the ledger got after our last look.
    this.#ledger.refresh();
    return bookOf(
      decisions.map((key) => this.decision(tenantKey, key)),
      arrivals.map((arrival) => this.event(tenantKey, arrival)),
    );
  }
}

function present<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new OutcomesLost('the ledger lacks a row that has been counted');
  return row;
}
