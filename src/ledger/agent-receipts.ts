import { getOrMake } from './get-or-make.ts';
import { MINUTE_MS } from './instant.ts';
import { paidIn } from './outcome-columns.ts';
import type { SharedSales } from './shared-sales.ts';

/**
 * An agent's part of a paid receipt, as contests and personal bests see it. The agents are those of its stated split, else the receipt's,
 * else the first decision's.
 */
export interface AgentReceipt {
  /** Its row in the shared columns, and where its rows of money begin and end. */
  readonly at: number;
  readonly moneyFrom: number;
  readonly moneyTo: number;
  readonly agentId: string;
  /** The agent's part; the money of the row is that part already. */
  readonly basisPoints: number;
  /** All agents of a receipt that is shared; undefined for any other. */
  readonly sharedBy: readonly string[] | undefined;
  readonly storeId: string;
  /** The customer's number; 0 where not known. */
  readonly customer: number;
  readonly atMs: number;
  /** Of the whole receipt; 0 where everything was returned. */
  readonly items: number;
  readonly isShown: boolean;
  /** An accepted suggestion was paid and kept. */
  readonly isAttached: boolean;
}

/** @param isWanted chooses agents; all by default */
export function* agentReceipts(
  columns: SharedSales,
  isWanted: (agentId: string) => boolean = () => true,
): Generator<AgentReceipt> {
  const { baskets, names, basisPoints, sharedBy } = columns;
  for (const [at, moneyFrom, moneyTo] of paidIn(columns)) {
    const { agentId, storeId } = names.places[baskets.place[at]!]!;
    if (agentId === undefined || !isWanted(agentId)) continue;
    yield {
      at,
      moneyFrom,
      moneyTo,
      agentId,
      basisPoints: basisPoints(at),
      sharedBy: sharedBy(at),
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

/** Whether one of the agents of a receipt is its customer. */
export type IsOwnSale = (receipt: Pick<AgentReceipt, 'agentId' | 'sharedBy' | 'customer'>) => boolean;

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
  return ({ agentId, sharedBy = [agentId], customer }) => {
    const own = agents.get(customer);
    return own !== undefined && sharedBy.some((one) => own.has(one));
  };
}

/** Most minutes between two receipts of one transaction, unless the caller says otherwise. */
export const SPLIT_MINUTES_DEFAULT = 30;

/**
 * Groups receipts of one known customer by one agent in one store, of which the agent has the same part, into transactions: a receipt at most `splitMinutes` after the one before
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
