import { toBasisPoints, WHOLE_BASIS_POINTS } from './apportion.ts';
import type { FirstDecision, FirstSale } from './basket-outcome.ts';
import { type AgentShare, placeOf } from './basket-place.ts';
import type { RecordedLine, SaleEvent } from './events.ts';
import { instantMs } from './instant.ts';

type Sale = SaleEvent<RecordedLine>;
type Timed = { readonly sale: Sale; readonly atMs: number };

/** The first receipt of a basket, by time and then by id. Its agents are those of the first receipt that states a split, if any does. */
export function firstSaleOf(sales: readonly Sale[]): FirstSale | undefined {
  let first: Timed | undefined;
  let split: Timed | undefined;
  for (const sale of sales) {
    const timed = { sale, atMs: instantMs(sale.at) };
    if (isBefore(timed, first)) first = timed;
    if (sale.split && isBefore(timed, split)) split = timed;
  }
  if (!first) return undefined;
  const { id, storeId, channel, agentId } = first.sale;
  const known = { id, atMs: first.atMs, storeId, channel };
  const shares = split?.sale.split?.map((share) => ({
    agentId: share.agentId,
    basisPoints: toBasisPoints(share.percent),
  }));
  if (!shares) return { ...known, agentId };
  return shares.length === 1 ? { ...known, agentId: shares[0]!.agentId } : { ...known, agentId, shares };
}

function isBefore({ sale, atMs }: Timed, other: Timed | undefined): boolean {
  if (!other) return true;
  return atMs < other.atMs || (atMs === other.atMs && sale.id < other.sale.id);
}

/** Who made what a basket sold: those who share it, else the agent of the first receipt, else of the first decision. */
export function agentsOf(sold: FirstSale, decided: FirstDecision | undefined): readonly AgentShare[] {
  if (sold.shares) return sold.shares;
  const { agentId } = placeOf({ sold, decided });
  return agentId === undefined ? [] : [{ agentId, basisPoints: WHOLE_BASIS_POINTS }];
}
