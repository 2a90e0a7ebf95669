import { describe, expect, test } from 'vitest';
import type { LedgerEvent, SaleEvent } from '../../src/ledger/events.ts';
import { checkReports } from '../../src/simulation/check-reports.ts';
import { HOLDING_RATE, PLAN, tradeOnce } from '../support/simulated-shop.ts';

const asked = ({ exchange }: Awaited<ReturnType<typeof tradeOnce>>) => exchange.questions;

/** What an event says, but for the decision's id, which the gateway makes up. */
const said = (events: readonly LedgerEvent[]) =>
  events.map((event) => ('decisionId' in event ? { ...event, decisionId: '' } : event));

/** Money of the receipts as sent, less what came back, by basket: [margin, revenue, refunded, items], in cents. */
function receipts(events: readonly LedgerEvent[]): Map<string, number[]> {
  const sums = new Map<string, number[]>();
  for (const event of events) {
    if (event.type !== 'sale' && event.type !== 'refund') continue;
    const sign = event.type === 'sale' ? 1 : -1;
    const sum = sums.get(event.basketId) ?? [0, 0, 0, 0];
    for (const { quantity, unitPrice, unitCost = 0, discount = 0 } of event.lines) {
      const paid = Math.round(100 * (quantity * unitPrice - discount));
      sum[0]! += sign * (paid - Math.round(100 * quantity * unitCost));
      sum[1]! += sign * paid;
      if (sign < 0) sum[2]! += paid;
      sum[3]! += sign * quantity;
    }
    sums.set(event.basketId, sum);
  }
  return sums;
}

const total = (sums: Iterable<number[]>) =>
  [...sums].reduce((all, one) => all.map((value, at) => value + one[at]!), [0, 0, 0, 0]);

describe('simulated trade', { timeout: 90_000 }, () => {
  test('asks the same, hears the same and sells the same for one seed, and something else for another', async () => {
    const [once, again, other] = [await tradeOnce(11), await tradeOnce(11), await tradeOnce(12)];
    expect(asked(once)).toEqual(asked(again));
    expect(said(once.exchange.events)).toEqual(said(again.exchange.events));
    expect(once.trade).toEqual(again.trade);
    expect(asked(once)).not.toEqual(asked(other));
  });

  test('explores the same for one seed', async () => {
    const explored = () => tradeOnce(11, {}, { settings: { exploreShare: '0.2' } });
    const [once, again] = [await explored(), await explored()];
    expect(once.trade).toEqual(again.trade);
    expect(once.trade).not.toEqual((await tradeOnce(11)).trade);
  });

  test('brings shoppers who come for the same whatever is offered to them', async () => {
    // Some are annoyed for good: they are missing, nobody comes for something else.
    const [offered, silent] = [await tradeOnce(13), await tradeOnce(13, {}, { silent: true })];
    const wanted = new Map(asked(silent).map((question) => [question.basketId, question]));
    for (const question of asked(offered)) expect(wanted.get(question.basketId)).toEqual(question);
    expect(silent.trade.truth.customersLost).toBe(0);
    expect(offered.trade.truth.offers.accepted).toBeGreaterThan(10);
    expect(silent.trade.truth.offers).toEqual({ accepted: 0, declined: 0, notOffered: 0 });
    expect(silent.trade.truth.effect.marginMinor).toBe(0);
  });

  test('knows the effect of its offers: the difference between a world with them and one without', async () => {
    // On its first day no customer and no shelf remembers an offer, but that the shelf may be empty sooner.
    for (const seed of [21, 22, 23]) {
      const plan = { days: 1, basketsPerDay: 150, stores: ['s1'] };
      const [offered, silent] = [await tradeOnce(seed, plan), await tradeOnce(seed, plan, { silent: true })];
      const [one, two] = [receipts(offered.exchange.events), receipts(silent.exchange.events)];
      const ranOut = offered.trade.stock.missing !== silent.trade.stock.missing;
      const treated = offered.exchange.questions
        .map(({ basketId }) => basketId)
        .filter((_, at) => offered.exchange.answers[at]!.arm === 'treatment');
      const none = [0, 0, 0, 0];
      const gaps = treated.map((id) =>
        (one.get(id) ?? none).map((value, at) => value - (two.get(id) ?? none)[at]!),
      );
      const { marginMinor, revenueMinor, items } = offered.trade.truth.effect;
      expect(items).not.toBe(0);
      expect([seed, ranOut]).toEqual([seed, false]);
      expect(total(gaps)).toEqual([marginMinor, revenueMinor, total(gaps)[2], items]);
    }
  });

  test('has sums that equal those of its events and of the sales report, to the cent', async () => {
    for (const seed of [31, 32]) {
      const { options, trade, exchange, sales, uplift } = await tradeOnce(seed, { days: 30 });
      const { sold, transactions } = trade.truth;
      const [margin, revenue, refunded, items] = total(receipts(exchange.events).values());
      const { excessCostDays, ...paid } = sold;
      expect(paid).toEqual({ marginMinor: margin, revenueMinor: revenue, refundedMinor: refunded, items });
      expect(excessCostDays).toBeGreaterThan(0);
      expect(refunded).toBeGreaterThan(0);
      expect(transactions).toBe(exchange.events.filter(({ type }) => type === 'sale').length);
      const check = await checkReports(
        { salesReport: async () => sales, upliftReport: async () => uplift },
        options,
        trade,
      );
      expect(check.sales.map(({ figure, isEqual }) => [figure, isEqual])).toEqual(
        ['transactions', 'items', 'revenue', 'refunded', 'margin'].map((figure) => [figure, true]),
      );
      expect(check.baskets.reported).toBe(check.baskets.truth);
      expect(sales.total.accepted).toBe(trade.truth.offers.accepted);
      // A cent more would have been seen.
      const wrong = {
        ...trade,
        truth: { ...trade.truth, sold: { ...sold, revenueMinor: sold.revenueMinor + 1 } },
      };
      const seen = await checkReports(
        { salesReport: async () => sales, upliftReport: async () => uplift },
        options,
        wrong,
      );
      expect(seen.sales.filter(({ isEqual }) => !isEqual).map(({ figure }) => figure)).toEqual(['revenue']);
    }
  });

  test('produces long tails, refunds, empty shelves, annoyed customers and lost customers', async () => {
    const { trade, exchange } = await tradeOnce(41, { days: 60, basketsPerDay: 60 });
    const sales = exchange.events.filter((event): event is SaleEvent => event.type === 'sale');
    const quantities = sales.flatMap(({ lines }) => lines.map(({ quantity }) => quantity));
    expect(Math.max(...quantities)).toBeGreaterThan(12);
    expect(trade.stock.missing).toBeGreaterThan(0);
    expect(trade.stock.writtenOffMinor).toBeGreaterThan(0);
    expect(trade.truth.offers.notOffered).toBeGreaterThan(0);
    expect(new Set(sales.map(({ channel }) => channel))).toEqual(new Set(['till', 'call']));
    expect(new Set(sales.map(({ agentId }) => agentId)).size).toBe(PLAN.agents);
    const visits = new Map<string, number>();
    for (const { customerId } of exchange.questions)
      if (customerId !== undefined) visits.set(customerId, (visits.get(customerId) ?? 0) + 1);
    expect(Math.max(...visits.values())).toBeGreaterThan(5);
  }, 60_000);
});

describe('price resistance', { timeout: 90_000 }, () => {
  test('makes shoppers accept expensive offers less often, and cheap ones more often', async () => {
    const meanAccepted = async (priceResistance: number) => {
      const { exchange } = await tradeOnce(51, { days: 20, priceResistance });
      const prices = new Map(
        exchange.answers.flatMap(({ suggestions }) =>
          suggestions.map(({ productId, unitPrice }) => [productId, unitPrice!] as const),
        ),
      );
      const taken = exchange.events.flatMap((event) =>
        event.type === 'outcome' && event.result === 'accepted' ? [prices.get(event.productId)!] : [],
      );
      return taken.reduce((sum, price) => sum + price, 0) / taken.length;
    };
    expect(await meanAccepted(2)).toBeLessThan(0.9 * (await meanAccepted(0)));
  });
});

describe('the uplift report of a gateway', () => {
  const SEEDS = Array.from({ length: 20 }, (_, at) => 100 + at);

  test('has intervals that contain the truth of 20 seeds as often as they should, and are not too wide', async () => {
    const contained = { margin: 0, revenue: 0, items: 0, holdingSaved: 0 };
    let aboveZero = 0;
    let [holdingTruth, holdingStated] = [0, 0];
    for (const seed of SEEDS) {
      const { options, trade, sales, uplift } = await tradeOnce(seed, { days: 8, basketsPerDay: 60 });
      const { increases } = await checkReports(
        { salesReport: async () => sales, upliftReport: async () => uplift },
        options,
        trade,
        { holdingRate: HOLDING_RATE },
      );
      for (const { figure, contains } of increases) if (contains) contained[figure]++;
      const items = increases.find(({ figure }) => figure === 'items')!;
      if (items.reported!.low > 0) aboveZero++;
      const held = increases.find(({ figure }) => figure === 'holdingSaved')!;
      holdingTruth += held.truth;
      holdingStated += held.reported!.estimate;
    }
    // Of 20 honest intervals 16 or more hold with 99.7 %: P(X ≤ 15) = 0.0026 at 0.95.
    for (const count of Object.values(contained)) expect(count).toBeGreaterThanOrEqual(16);
    // Intervals that hold everything would hold zero as well.
    expect(aboveZero).toBeGreaterThanOrEqual(10);
    expect(holdingTruth).toBeGreaterThan(0);
    expect(holdingStated).toBeGreaterThan(0);
  }, 120_000);
});
