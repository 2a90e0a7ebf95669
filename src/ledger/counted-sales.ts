import { type AgentReceipt, type IsOwnSale, joinSplit } from './agent-receipts.ts';
import { WHOLE_BASIS_POINTS } from './apportion.ts';

/** An agent's part of a transaction that counts, made of one receipt or of several that belong together. */
export interface CountedSale {
  readonly agentId: string;
  readonly basisPoints: number;
  readonly storeId: string;
  /** In order of time. */
  readonly receipts: readonly SaleReceipt[];
  readonly isShown: boolean;
  readonly isAttached: boolean;
  /** The agent's part of them. */
  readonly items: number;
  /** Worth of the receipts' up-sells in minor units, by the counted metric; the agent's part. */
  readonly upsellMinor: number;
}

export interface SaleReceipt {
  /** Number of its basket. */
  readonly basket: number;
  readonly atMs: number;
}

/** Receipts, and parts of shared ones, that do not count, by the rule that leaves them out. */
export interface LeftOut {
  /** Sold by an agent to themselves. */
  ownBaskets: number;
  /** Returned in full. */
  returned: number;
  /** Merged into the transaction of another receipt. */
  merged: number;
}

type Receipt = SaleReceipt & Omit<CountedSale, 'receipts'> & Pick<AgentReceipt, 'customer' | 'sharedBy'>;

/**
 * Counts receipts as a contest does. Attribution is that of the sales report: an accepted suggestion counts when it was paid, net of
 * returns.
 */
export class CountedSales {
  readonly #splitMinutes: number;
  /** Without a known customer: each is a transaction by itself. */
  readonly #single: Receipt[] = [];
  /** By agent, store, customer and the agent's part. */
  readonly #known = new Map<string, [Receipt, ...Receipt[]]>();

  constructor(splitMinutes: number) {
    this.#splitMinutes = splitMinutes;
  }

  /** Each receipt once. @param basket its number @param upsellMinor worth of its up-sells, net of returns */
  add(receipt: AgentReceipt, basket: number, upsellMinor: number): void {
    const { agentId, basisPoints, sharedBy, storeId, customer, atMs, items, isShown, isAttached } = receipt;
    const own: Receipt = {
      agentId,
      basisPoints,
      sharedBy,
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
    const key = JSON.stringify([agentId, storeId, customer, basisPoints]);
    const known = this.#known.get(key);
    if (known) known.push(own);
    else this.#known.set(key, [own]);
  }

  /** Transactions in no particular order, and what is left out. */
  count(isOwn: IsOwnSale): { readonly sales: CountedSale[]; readonly leftOut: LeftOut } {
    const points: LeftOut = { ownBaskets: 0, returned: 0, merged: 0 };
    const isKept = (receipt: Receipt) => {
      if (receipt.items === 0) points.returned += receipt.basisPoints;
      return receipt.items > 0;
    };
    const isOthers = (receipt: Receipt) => {
      const isSelf = isOwn(receipt);
      if (isSelf) points.ownBaskets += receipt.basisPoints;
      return !isSelf;
    };
    const sales = this.#single.filter(isKept).map((receipt) => saleOf([receipt]));
    for (const receipts of this.#known.values()) {
      for (const transaction of joinSplit(receipts.filter(isOthers).filter(isKept), this.#splitMinutes)) {
        const sale = saleOf(transaction);
        sales.push(sale);
        points.merged += (transaction.length - 1) * sale.basisPoints;
      }
    }
    const leftOut = {
      ownBaskets: points.ownBaskets / WHOLE_BASIS_POINTS,
      returned: points.returned / WHOLE_BASIS_POINTS,
      merged: points.merged / WHOLE_BASIS_POINTS,
    };
    return { sales, leftOut };
  }
}

/** Field by field, as a large contest makes hundreds of thousands of these. */
function saleOf(receipts: readonly [Receipt, ...Receipt[]]): CountedSale {
  const [{ agentId, storeId, basisPoints }] = receipts;
  const sums = { isShown: false, isAttached: false, items: 0, upsellMinor: 0 };
  for (const receipt of receipts) {
    sums.isShown ||= receipt.isShown;
    sums.isAttached ||= receipt.isAttached;
    sums.items += receipt.items;
    sums.upsellMinor += receipt.upsellMinor;
  }
  const { isShown, isAttached, upsellMinor } = sums;
  const items = (sums.items * basisPoints) / WHOLE_BASIS_POINTS;
  return { agentId, basisPoints, storeId, receipts, isShown, isAttached, items, upsellMinor };
}
