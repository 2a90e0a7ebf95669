import type { BasketAcceptances } from './basket-book.ts';
import type { AgentShare } from './basket-place.ts';
import type { RecordedLine, RefundEvent, SaleEvent } from './events.ts';
import { agentsOf, firstSaleOf } from './first-sale.ts';
import { getOrMake } from './get-or-make.ts';
import { inOrderOfTime, type Timed } from './instant.ts';
import { NetProducts, type PaidProduct } from './paid-products.ts';

/** An accepted suggestion that was paid, and how its worth changed since. */
export interface Upsell {
  readonly basketId: string;
  readonly productId: string;
  readonly currency: string;
  /** Of the basket's first receipt, as in the sales report. */
  readonly storeId: string;
  /** Who made it (agentsOf): the stated split of the first own receipt that has one, else the agent of the first receipt, else of the first decision. */
  readonly agents: readonly AgentShare[];
  readonly decisionId: string;
  readonly outcomeId: string;
  /** In order of time; the first is the sale. */
  readonly movements: readonly [UpsellMovement, ...UpsellMovement[]];
}

/** What the up-sell is worth after one receipt or refund of its basket; money in minor units. */
export interface UpsellMovement {
  readonly eventId: string;
  readonly type: 'sale' | 'refund';
  readonly atMs: number;
  readonly revenueMinor: number;
  /** 0 where a cost is not known. */
  readonly marginMinor: number;
  readonly isCostKnown: boolean;
}

type Moved = SaleEvent<RecordedLine> | RefundEvent<RecordedLine>;

/**
 * The up-sells of a basket. Receipts and refunds are taken in order of time. After each, the net worth is that of the reports
 * (NetProducts), so that the last movement is what the sales report counts. Events that change nothing about an up-sell are no movement of
 * it.
 */
export function upsellsOf({ basketId, decided, offers, sales, refunds }: BasketAcceptances): Upsell[] {
  const events = inOrderOfTime([...sales, ...refunds]);
  const first = firstSaleOf(sales);
  if (!first) return [];
  const agents = agentsOf(first, decided);
  const movements = movementsByProduct(events, new Set(offers.map(({ productId }) => productId)));
  return offers.flatMap(({ productId, outcomeId, decisionId }) =>
    [...movements.values()]
      .filter((moved) => moved.productId === productId)
      .map(({ currency, moves: [sale, ...more] }) => ({
        basketId,
        productId,
        currency,
        storeId: first.storeId,
        agents,
        decisionId,
        outcomeId,
        movements: [sale!, ...more] as const,
      })),
  );
}

interface ProductMovements {
  readonly productId: string;
  readonly currency: string;
  readonly moves: UpsellMovement[];
}

function movementsByProduct(
  events: readonly Timed<Moved>[],
  wanted: ReadonlySet<string>,
): Map<string, ProductMovements> {
  const byProduct = new Map<string, ProductMovements>();
  const basket = new NetProducts();
  for (const moved of events) {
    const { event } = moved;
    basket.add(event);
    // Only the products of an event can change by it: a basket id that is used again and again has thousands of receipts.
    for (const productId of new Set(event.lines.map((line) => line.productId))) {
      const net = wanted.has(productId) ? basket.product(productId, event.currency) : undefined;
      if (net) addMovement(byProduct, moved, net);
    }
  }
  return byProduct;
}

function addMovement(
  byProduct: Map<string, ProductMovements>,
  { event: { id: eventId, type }, atMs }: Timed<Moved>,
  { productId, currency, revenueMinor, costMinor, isCostKnown }: PaidProduct,
): void {
  const { moves } = getOrMake(byProduct, `${currency}${productId}`, () => ({
    productId,
    currency,
    moves: [],
  }));
  const marginMinor = isCostKnown ? revenueMinor - costMinor : 0;
  const before = moves.at(-1);
  if (before?.revenueMinor === revenueMinor && before.marginMinor === marginMinor) return;
  moves.push({ eventId, type, atMs, revenueMinor, marginMinor, isCostKnown });
}
