import { type AgentReceipt, type IsOwnSale, joinSplit } from './agent-receipts.ts';
import { WHOLE_BASIS_POINTS, wholeParts } from './apportion.ts';

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

/** A receipt of a known customer, which may be one transaction with others. */
interface KnownReceipt extends Pick<AgentReceipt, 'agentId' | 'sharedBy' | 'customer' | 'atMs'> {
  readonly sale: CountedSale;
}

/**
 * Counts receipts as a contest does. Attribution is that of the sales report: an accepted suggestion counts when it was paid, net of
 * returns.
 */
export class CountedSales {
  readonly #splitMinutes: number;
  /** Without a known customer: each is a transaction by itself. */
  readonly #single: CountedSale[] = [];
  /** By agent, store, customer and the agent's part. */
  readonly #known = new Map<string, [KnownReceipt, ...KnownReceipt[]]>();
  #singleReturnedPoints = 0;

  constructor(splitMinutes: number) {
    this.#splitMinutes = splitMinutes;
  }

  /** Each receipt once. @param basket its number @param upsellMinor worth of its up-sells, net of returns */
  add(receipt: AgentReceipt, basket: number, upsellMinor: number): void {
    const { agentId, basisPoints, sharedBy, storeId, customer, atMs, items } = receipt;
    if (customer === 0) {
      if (items > 0) this.#single.push(saleOf(receipt, basket, upsellMinor));
      else this.#singleReturnedPoints += basisPoints;
      return;
    }
    const own = { agentId, sharedBy, customer, atMs, sale: saleOf(receipt, basket, upsellMinor) };
    const key = JSON.stringify([agentId, storeId, customer, basisPoints]);
    const known = this.#known.get(key);
    if (known) known.push(own);
    else this.#known.set(key, [own]);
  }

  /** Transactions in no particular order, and what is left out. */
  count(isOwn: IsOwnSale): { readonly sales: CountedSale[]; readonly leftOut: LeftOut } {
    const points: LeftOut = { ownBaskets: 0, returned: this.#singleReturnedPoints, merged: 0 };
    const isKept = ({ sale }: KnownReceipt) => {
      if (sale.items === 0) points.returned += sale.basisPoints;
      return sale.items > 0;
    };
    const isOthers = (receipt: KnownReceipt) => {
      const isSelf = isOwn(receipt);
      if (isSelf) points.ownBaskets += receipt.sale.basisPoints;
      return !isSelf;
    };
    const sales = [...this.#single];
    for (const receipts of this.#known.values()) {
      for (const transaction of joinSplit(receipts.filter(isOthers).filter(isKept), this.#splitMinutes)) {
        const sale = transactionOf(transaction);
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
function saleOf(receipt: AgentReceipt, basket: number, upsellMinor: number): CountedSale {
  const { agentId, basisPoints, storeId, atMs, isShown, isAttached } = receipt;
  const items = (receipt.items * basisPoints) / WHOLE_BASIS_POINTS;
  return {
    agentId,
    basisPoints,
    storeId,
    receipts: [{ basket, atMs }],
    isShown,
    isAttached,
    items,
    upsellMinor,
  };
}

/** @param receipts of one agent, in one store and with the same part */
function transactionOf(receipts: readonly [KnownReceipt, ...KnownReceipt[]]): CountedSale {
  const [{ sale }] = receipts;
  if (receipts.length === 1) return sale;
  const sales = receipts.map((receipt) => receipt.sale);
  return {
    ...sale,
    receipts: sales.flatMap((own) => own.receipts),
    isShown: sales.some(({ isShown }) => isShown),
    isAttached: sales.some(({ isAttached }) => isAttached),
    items: wholeParts(sales.reduce((sum, { items }) => sum + items, 0)),
    upsellMinor: sales.reduce((sum, { upsellMinor }) => sum + upsellMinor, 0),
  };
}
