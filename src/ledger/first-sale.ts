import { toBasisPoints, WHOLE_BASIS_POINTS } from './apportion.ts';
import type { FirstDecision, FirstSale } from './basket-outcome.ts';
import { type AgentShare, placeOf } from './basket-place.ts';
import type { RecordedLine, SaleEvent } from './events.ts';
import { DAY_MS, inOrderOfTime, type Timed } from './instant.ts';

type Sale = SaleEvent<RecordedLine>;

/** The receipts of one basket id, by time and then by id. */
export interface Receipts {
  /** Those of the basket that the first one paid. */
  readonly own: readonly Timed<Sale>[];
  /** Those of another store or of more than a day later: they seem to be another basket's, whose id was used again. */
  readonly joined: readonly Timed<Sale>[];
}

export function receiptsOf(sales: readonly Sale[]): Receipts {
  const timed = inOrderOfTime(sales);
  const isOwn = ({ event, atMs }: Timed<Sale>) =>
    event.storeId === timed[0]!.event.storeId && atMs - timed[0]!.atMs <= DAY_MS;
  return { own: timed.filter(isOwn), joined: timed.filter((receipt) => !isOwn(receipt)) };
}

/**
 * The first receipt of a basket. Its agents are those of the first receipt that states a split, if any of the basket's own does: what seems
 * to be the receipt of another basket decides nothing about who made this sale.
 */
export function firstSaleOf(sales: readonly Sale[]): FirstSale | undefined {
  const { own } = receiptsOf(sales);
  const [first] = own;
  if (!first) return undefined;
  const { id, storeId, channel, agentId } = first.event;
  const known = { id, atMs: first.atMs, storeId, channel };
  const split = own.find(({ event }) => event.split)?.event.split;
  const shares = split?.map((share) => ({
    agentId: share.agentId,
    basisPoints: toBasisPoints(share.percent),
  }));
  if (!shares) return { ...known, agentId };
  return shares.length === 1 ? { ...known, agentId: shares[0]!.agentId } : { ...known, agentId, shares };
}

/** Who made what a basket sold: those who share it, else the agent of the first receipt, else of the first decision. */
export function agentsOf(sold: FirstSale, decided: FirstDecision | undefined): readonly AgentShare[] {
  if (sold.shares) return sold.shares;
  const { agentId } = placeOf({ sold, decided });
  return agentId === undefined ? [] : [{ agentId, basisPoints: WHOLE_BASIS_POINTS }];
}
