import type { UnmatchedEvents } from '../ledger/basket-book.ts';
import type { BasketMoney, BasketOutcome } from '../ledger/basket-outcome.ts';
import type { Arm } from '../ledger/decision.ts';
import type { Place, PlaceDay } from '../ledger/roll-up.ts';
import { addSums, emptySums, type SalesSums } from '../ledger/sales-sums.ts';

/*
 * Rows of the roll-up as lists without names, which take a third of the space. null stands for undefined, which MessagePack
 * lacks.
 */

/** What one basket, or one decision without a basket, comes to. */
export interface RolledGroup {
  readonly outcome: BasketOutcome | undefined;
  readonly unmatched: UnmatchedEvents;
}

export type GroupRow = readonly [outcome: OutcomeRow | null, suggestionEvents: number, refunds: number];

type Text = string | null;
type OutcomeRow = readonly [
  basketId: string,
  decided: readonly [string, number, Arm, number, Text, Text, Text, number, number] | null,
  sold: readonly [string, number, string, Text, Text] | null,
  customer: Text,
  money: readonly (readonly [string, ...number[]])[],
  items: number,
  suggestions: readonly [number, number, number, number, number],
];

export function toGroupRow({ outcome, unmatched }: RolledGroup): GroupRow {
  return [outcome ? toOutcomeRow(outcome) : null, unmatched.suggestionEvents, unmatched.refunds];
}

export function fromGroupRow([outcome, suggestionEvents, refunds]: GroupRow): RolledGroup {
  return { outcome: outcome ? fromOutcomeRow(outcome) : undefined, unmatched: { suggestionEvents, refunds } };
}

function toOutcomeRow({ decided: d, sold: s, money, suggestions, ...outcome }: BasketOutcome): OutcomeRow {
  const { shown, accepted, declined, notOffered, bought } = suggestions;
  return [
    outcome.basketId,
    d
      ? [
          ...([d.decisionId, d.atMs, d.arm, d.holdoutShare] as const),
          ...([d.storeId ?? null, d.channel ?? null, d.agentId ?? null, d.basketValue, d.lines] as const),
        ]
      : null,
    s ? [s.id, s.atMs, s.storeId, s.channel ?? null, s.agentId ?? null] : null,
    outcome.customer ?? null,
    money.map(({ upsell: up, ...sums }) => [
      ...([sums.currency, sums.revenueMinor, sums.refundedMinor, sums.costedRevenueMinor] as const),
      ...[sums.costMinor, up.revenueMinor, up.costedRevenueMinor, up.costMinor],
    ]),
    outcome.items,
    [shown, accepted, declined, notOffered, bought],
  ];
}

function fromOutcomeRow([basketId, decided, sold, customer, money, items, said]: OutcomeRow): BasketOutcome {
  const [shown, accepted, declined, notOffered, bought] = said;
  return {
    basketId,
    decided: decided ? firstDecision(decided) : undefined,
    sold: sold ? firstSale(sold) : undefined,
    customer: customer ?? undefined,
    money: money.map(basketMoney),
    items,
    suggestions: { shown, accepted, declined, notOffered, bought },
  };
}

function firstDecision(row: NonNullable<OutcomeRow[1]>): BasketOutcome['decided'] {
  const [decisionId, atMs, arm, holdoutShare, storeId, channel, agentId, basketValue, lines] = row;
  return {
    ...{ decisionId, atMs, arm, holdoutShare, basketValue, lines },
    ...{ storeId: storeId ?? undefined, channel: channel ?? undefined, agentId: agentId ?? undefined },
  };
}

function firstSale([id, atMs, storeId, channel, agentId]: NonNullable<OutcomeRow[2]>): BasketOutcome['sold'] {
  return { id, atMs, storeId, channel: channel ?? undefined, agentId: agentId ?? undefined };
}

function basketMoney([currency, ...sums]: readonly [string, ...number[]]): BasketMoney {
  const [revenueMinor, refundedMinor, costedRevenueMinor, costMinor] = sums as number[];
  const [, , , , upsellRevenueMinor, upsellCostedRevenueMinor, upsellCostMinor] = sums;
  return {
    ...{ currency, revenueMinor: revenueMinor!, refundedMinor: refundedMinor! },
    ...{ costedRevenueMinor: costedRevenueMinor!, costMinor: costMinor! },
    upsell: {
      revenueMinor: upsellRevenueMinor!,
      costedRevenueMinor: upsellCostedRevenueMinor!,
      costMinor: upsellCostMinor!,
    },
  };
}

/** A day of UTC at one place: its quarters of an hour in order, the sums of each as they are. */
export type PlaceDayRow = readonly [place: readonly [Text, Text, Text], quarters: QuarterRow[]];

type QuarterRow = readonly [
  quarter: number,
  ...sums: readonly [SalesSums['counts'], SalesSums['customers'], SalesSums['money']],
];

export function emptyPlaceDayRow({ storeId, agentId, channel }: Place): PlaceDayRow {
  return [[storeId ?? null, agentId ?? null, channel ?? null], []];
}

/** Adds a basket to a quarter of the row, or takes it away; a quarter without baskets is gone. */
export function addToPlaceDayRow(
  [, quarters]: PlaceDayRow,
  quarter: number,
  basket: SalesSums,
  times: 1 | -1,
): void {
  let at = quarters.findIndex(([other]) => other >= quarter);
  if (at < 0) at = quarters.length;
  if (quarters[at]?.[0] !== quarter) {
    const { counts, customers, money } = emptySums();
    quarters.splice(at, 0, [quarter, counts, customers, money]);
  }
  const [, counts, customers, money] = quarters[at]!;
  addSums({ counts, customers, money }, basket, times);
  if (counts[0] === 0) quarters.splice(at, 1);
}

export function fromPlaceDayRow(day: number, [[storeId, agentId, channel], quarters]: PlaceDayRow): PlaceDay {
  return {
    day,
    place: { storeId: storeId ?? undefined, agentId: agentId ?? undefined, channel: channel ?? undefined },
    quarters: quarters.map(([quarter, counts, customers, money]) => [quarter, { counts, customers, money }]),
  };
}
