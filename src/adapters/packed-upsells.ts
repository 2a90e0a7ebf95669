import type { Upsell, UpsellMovement } from '../ledger/upsells.ts';
import { checkedBytes, withChecksum } from './packed-columns.ts';

/** Values by place: field names would be half of it. */
type UpsellRow = readonly [
  basketId: string,
  productId: string,
  currency: string,
  storeId: string,
  agents: readonly (readonly [agentId: string, basisPoints: number])[],
  decisionId: string,
  outcomeId: string,
  movements: readonly MovementRow[],
];
type MovementRow = readonly [
  eventId: string,
  isRefund: 0 | 1,
  atMs: number,
  revenueMinor: number,
  marginMinor: number,
  isCostKnown: 0 | 1,
];

/** Up-sells of a basket, by its place in the segment. */
export type PlacedUpsells = readonly [at: number, upsells: readonly UpsellRow[]];

/** Packs up-sells as JSON, as they are mostly text. */
export function packUpsells(baskets: readonly PlacedUpsells[]): Buffer {
  return withChecksum([Buffer.from(JSON.stringify(baskets))]);
}

/** @throws OutcomesLost */
export function unpackUpsells(packed: Buffer): PlacedUpsells[] {
  return JSON.parse(checkedBytes(packed).toString());
}

export function toUpsellRow({
  basketId,
  productId,
  currency,
  storeId,
  agents,
  ...upsell
}: Upsell): UpsellRow {
  return [
    ...([basketId, productId, currency, storeId] as const),
    agents.map(({ agentId, basisPoints }) => [agentId, basisPoints] as const),
    ...([upsell.decisionId, upsell.outcomeId] as const),
    upsell.movements.map(toMovementRow),
  ];
}

function toMovementRow(movement: UpsellMovement): MovementRow {
  const { eventId, type, atMs, revenueMinor, marginMinor, isCostKnown } = movement;
  return [eventId, type === 'refund' ? 1 : 0, atMs, revenueMinor, marginMinor, isCostKnown ? 1 : 0];
}

export function fromUpsellRow(row: UpsellRow): Upsell {
  const [basketId, productId, currency, storeId, agents, decisionId, outcomeId, movements] = row;
  return {
    basketId,
    productId,
    currency,
    storeId,
    agents: agents.map(([agentId, basisPoints]) => ({ agentId, basisPoints })),
    decisionId,
    outcomeId,
    movements: movements.map(fromMovementRow) as [UpsellMovement, ...UpsellMovement[]],
  };
}

function fromMovementRow(row: MovementRow): UpsellMovement {
  const [eventId, isRefund, atMs, revenueMinor, marginMinor, isCostKnown] = row;
  const type = isRefund === 1 ? 'refund' : 'sale';
  return { eventId, type, atMs, revenueMinor, marginMinor, isCostKnown: isCostKnown === 1 };
}
