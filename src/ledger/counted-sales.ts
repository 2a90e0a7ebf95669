import { type AgentReceipt, type IsOwnSale, joinSplit } from './agent-receipts.ts';

/** A transaction that counts, made of one receipt or of several that belong together. */
export interface CountedSale {
  readonly agentId: string;
  readonly storeId: string;
  /** In order of time. */
  readonly receipts: readonly SaleReceipt[];
  readonly isShown: boolean;
  readonly isAttached: boolean;
  readonly items: number;
  /** Worth of the receipts' up-sells in minor units, by the counted metric. */
  readonly upsellMinor: number;
}

export interface SaleReceipt {
  /** Number of its basket. */
  readonly basket: number;
  readonly atMs: number;
}

/** Receipts that do not count, by the rule that leaves them out. */
export interface LeftOut {
  /** Sold by an agent to themselves. */
  ownBaskets: number;
  /** Returned in full. */
  returned: number;
  /** Merged into the transaction of another receipt. */
  merged: number;
}

type Receipt = SaleReceipt & Omit<CountedSale, 'receipts'> & Pick<AgentReceipt, 'customer'>;

/**
 * Counts receipts as a contest does. Attribution is that of the sales report: an accepted suggestion counts when it was paid, net of
 * returns.
 */
export class CountedSales {
  readonly #splitMinutes: number;
  /** Without a known customer: each is a transaction by itself. */
  readonly #single: Receipt[] = [];
  /** By agent, store and customer. */
  readonly #known = new Map<string, [Receipt, ...Receipt[]]>();

  constructor(splitMinutes: number) {
    this.#splitMinutes = splitMinutes;
  }

  /** Each receipt once. @param basket its number @param upsellMinor worth of its up-sells, net of returns */
  add(receipt: AgentReceipt, basket: number, upsellMinor: number): void {
    const { agentId, storeId, customer, atMs, items, isShown, isAttached } = receipt;
    const own: Receipt = {
      agentId,
      storeId,
      customer,
      basket,
      atMs,
      items,
      isShown,
      isAttached,
      upsellMinor,
    };
    if (customer === 0) {
      this.#single.push(own);
      return;
    }
    const key = JSON.stringify([agentId, storeId, customer]);
    const known = this.#known.get(key);
    if (known) known.push(own);
    else this.#known.set(key, [own]);
  }

  /** Transactions in no particular order, and what is left out. */
  count(isOwn: IsOwnSale): { readonly sales: CountedSale[]; readonly leftOut: LeftOut } {
    const leftOut: LeftOut = { ownBaskets: 0, returned: 0, merged: 0 };
    const kept = (receipts: readonly Receipt[]) => {
      const some = receipts.filter(({ items }) => items > 0);
      leftOut.returned += receipts.length - some.length;
      return some;
    };
    const sales = kept(this.#single).map((receipt) => saleOf([receipt]));
    for (const receipts of this.#known.values()) {
      const [{ agentId, customer }] = receipts;
      if (isOwn(agentId, customer)) {
        leftOut.ownBaskets += receipts.length;
        continue;
      }
      const counting = kept(receipts);
      const transactions = joinSplit(counting, this.#splitMinutes);
      leftOut.merged += counting.length - transactions.length;
      for (const transaction of transactions) sales.push(saleOf(transaction));
    }
    return { sales, leftOut };
  }
}

/** Field by field, as a large contest makes hundreds of thousands of these. */
function saleOf(receipts: readonly [Receipt, ...Receipt[]]): CountedSale {
  const [{ agentId, storeId }] = receipts;
  const sums = { isShown: false, isAttached: false, items: 0, upsellMinor: 0 };
  for (const receipt of receipts) {
    sums.isShown ||= receipt.isShown;
    sums.isAttached ||= receipt.isAttached;
    sums.items += receipt.items;
    sums.upsellMinor += receipt.upsellMinor;
  }
  const { isShown, isAttached, items, upsellMinor } = sums;
  return { agentId, storeId, receipts, isShown, isAttached, items, upsellMinor };
}
