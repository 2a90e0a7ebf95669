import { getOrMake } from './get-or-make.ts';
import { MINUTE_MS } from './instant.ts';
import { paidIn, type SalesColumns } from './outcome-columns.ts';

/** A paid receipt of an agent, as contests and personal bests see it. The agent is the receipt's, else the first decision's. */
export interface AgentReceipt {
  /** Its row, and where its rows of money begin and end. */
  readonly at: number;
  readonly moneyFrom: number;
  readonly moneyTo: number;
  readonly agentId: string;
  readonly storeId: string;
  /** The customer's number; 0 where not known. */
  readonly customer: number;
  readonly atMs: number;
  /** 0 where everything was returned. */
  readonly items: number;
  readonly isShown: boolean;
  /** An accepted suggestion was paid and kept. */
  readonly isAttached: boolean;
}

/** @param isWanted chooses agents; all by default */
export function* agentReceipts(
  columns: SalesColumns,
  isWanted: (agentId: string) => boolean = () => true,
): Generator<AgentReceipt> {
  const { baskets, names } = columns;
  for (const [at, moneyFrom, moneyTo] of paidIn(columns)) {
    const { agentId, storeId } = names.places[baskets.place[at]!]!;
    if (agentId === undefined || !isWanted(agentId)) continue;
    yield {
      at,
      moneyFrom,
      moneyTo,
      agentId,
      storeId: storeId!,
      customer: baskets.customer[at]!,
      atMs: baskets.atMs[at]!,
      items: baskets.items[at]!,
      isShown: baskets.shown[at]! > 0,
      isAttached: baskets.bought[at]! > 0,
    };
  }
}

/** An agent's own identity as a customer. */
export interface OwnCustomer {
  readonly agentId: string;
  /** Pseudonym. */
  readonly customer: string;
}

/** Whether an agent sold to themselves. @param customer their number */
export type IsOwnSale = (agentId: string, customer: number) => boolean;

/** @param numberOf number of a pseudonym; undefined where nothing is known of it */
export function ownSales(
  ownCustomers: readonly OwnCustomer[],
  numberOf: (customer: string) => number | undefined,
): IsOwnSale {
  const agents = new Map<number, Set<string>>();
  for (const { agentId, customer } of ownCustomers) {
    const number = numberOf(customer);
    if (number !== undefined) getOrMake(agents, number, () => new Set()).add(agentId);
  }
  return (agentId, customer) => agents.get(customer)?.has(agentId) ?? false;
}

/** Most minutes between two receipts of one transaction, unless the caller says otherwise. */
export const SPLIT_MINUTES_DEFAULT = 30;

/**
 * Groups receipts of one known customer by one agent in one store into transactions: a receipt at most `splitMinutes` after the one before
 * joins its transaction.
 */
export function joinSplit<Receipt extends Pick<AgentReceipt, 'atMs'>>(
  receipts: readonly Receipt[],
  splitMinutes: number,
): (readonly [Receipt, ...Receipt[]])[] {
  const transactions: [Receipt, ...Receipt[]][] = [];
  for (const receipt of receipts.toSorted((a, b) => a.atMs - b.atMs)) {
    const before = transactions.at(-1);
    if (before && receipt.atMs - before.at(-1)!.atMs <= splitMinutes * MINUTE_MS) before.push(receipt);
    else transactions.push([receipt]);
  }
  return transactions;
}
