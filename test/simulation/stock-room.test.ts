import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../src/ledger/instant.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';
import { holdingSaved } from '../../src/recommender/value.ts';
import { ShopperTruth } from '../../src/simulation/shopper-truth.ts';
import { StockRoom } from '../../src/simulation/stock-room.ts';

const catalogue = {
  modelVersion: 'test',
  currency: 'EUR',
  together: new Map(),
  products: Array.from({ length: 30 }, (_, at) => ({
    id: `p${at}`,
    category: 'all',
    unitPrice: 2,
    unitCost: 1,
  })),
};
const FIRST_DAY = 20_000;

function openRoom(seed: number) {
  const truth = new ShopperTruth(seed, catalogue);
  return new StockRoom({ truth, store: 0, piecesPerDay: 60, firstDay: FIRST_DAY });
}

describe('a stock room', () => {
  test('computes the days that pieces would have stayed as the gateway does from its value formula', () => {
    const costless = { valueWeight: 1, expectedValueMin: 0, goodwill: 0, disposalCost: 0, salvageValue: 0 };
    // A piece costs 1.00, so its days are the money that they cost.
    const policy = { ...costless, holdingRatePerYear: 365, excessDaysMax: 365, targetCoverDays: 30 };
    let waiting = 0;
    for (let seed = 0; seed < 40; seed++) {
      const room = openRoom(seed);
      const book = new StockBook();
      for (const { place, expiresDay, ...figures } of room.openDay(FIRST_DAY)) {
        const expires = expiresDay === undefined ? {} : { expiresAtMs: expiresDay * DAY_MS };
        book.apply({
          storeId: 's',
          productId: `p${place}`,
          ...figures,
          ...expires,
          asOfMs: FIRST_DAY * DAY_MS,
        });
      }
      const stock = book.store('s')!;
      const products = catalogue.products.map((product) => ({ ...product, name: '', active: true }));
      for (const [place, product] of products.entries()) {
        const quantity = 1 + ((seed + place) % 4);
        if (quantity > room.available(place)) continue;
        const slot = book.slotsFor(products)[place]!;
        const sold = { product, stock, slot, demandPerDay: Number.NaN, quantity };
        const evening = (FIRST_DAY + 1) * DAY_MS - 1;
        const days = quantity * holdingSaved(sold, policy, evening);
        const apart = Math.abs(room.excessDays(place, quantity, FIRST_DAY) - days);
        // Where the cover of one piece reaches a bound, the sum over pieces is an eighth of its days off the integral, twice at most.
        expect(apart).toBeLessThanOrEqual(0.25 / stock.demandPerDay[slot]! + 1e-3);
        waiting += Number(days > 0);
      }
    }
    expect(waiting).toBeGreaterThan(100);
  });

  test('never loses a piece: what was there is sold, thrown away or still there, beside what was delivered', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.array(fc.nat(9), { minLength: 30, maxLength: 30 }), (seed, greed) => {
        const room = openRoom(seed);
        const opening = new Map(room.openDay(FIRST_DAY).map(({ place, onHand }) => [place, onHand]));
        const began = catalogue.products.map((_, place) => room.available(place));
        expect(began).toEqual(catalogue.products.map((_, place) => opening.get(place)));
        const before = began.reduce((sum, units) => sum + units, 0);
        let sold = 0;
        for (let day = FIRST_DAY + 1; day < FIRST_DAY + 60; day++) {
          for (const [place, units] of greed.entries()) {
            const taken = Math.min(units, room.available(place));
            room.take(place, taken);
            sold += taken;
          }
          room.openDay(day);
          for (const place of greed.keys()) expect(room.available(place)).toBeGreaterThanOrEqual(0);
          room.closeDay();
        }
        const figures = room.figures();
        // Every piece costs 1.00.
        expect(figures.soldCostMinor).toBe(100 * sold);
        const left = greed.reduce((sum, _, place) => sum + room.available(place), 0);
        expect(left).toBeGreaterThanOrEqual(before - sold - figures.writtenOffMinor / 100);
        expect(figures.productDays).toBe(59 * 30);
      }),
      { numRuns: 30 },
    );
  });

  test('orders again what is sold, so that a steady demand seldom finds an empty shelf', () => {
    const room = openRoom(3);
    let [wanted, missed] = [0, 0];
    const demands = new Map(room.openDay(FIRST_DAY).map(({ place, demandPerDay }) => [place, demandPerDay]));
    for (let day = FIRST_DAY + 1; day < FIRST_DAY + 200; day++) {
      for (const [place, demand] of demands) {
        const units = Math.floor((day + 1) * demand) - Math.floor(day * demand);
        const taken = Math.min(units, room.available(place));
        room.take(place, taken);
        if (day > FIRST_DAY + 30) {
          wanted += units;
          missed += units - taken;
        }
      }
      room.openDay(day);
    }
    expect(wanted).toBeGreaterThan(5000);
    expect(missed / wanted).toBeLessThan(0.02);
  });

  test('throws away what nobody buys once it has expired, and keeps what does not expire', () => {
    const room = openRoom(3);
    const told = room.openDay(FIRST_DAY);
    const perishable = told.filter(({ expiresDay }) => expiresDay !== undefined);
    expect(perishable.length).toBeGreaterThan(0);
    expect(perishable.length).toBeLessThan(told.length);
    room.openDay(FIRST_DAY + 100);
    expect(room.figures().writtenOffMinor).toBe(
      100 * perishable.reduce((sum, { onHand }) => sum + onHand, 0),
    );
    for (const { place, onHand, expiresDay } of told) {
      if (expiresDay === undefined) expect(room.available(place)).toBeGreaterThanOrEqual(onHand);
    }
  });

  test('tells what has changed, and nothing else', () => {
    const room = openRoom(4);
    expect(room.openDay(FIRST_DAY)).toHaveLength(30);
    const place = catalogue.products.findIndex((_, at) => room.available(at) > 1);
    room.take(place, 1);
    const told = room.openDay(FIRST_DAY).map((state) => state.place);
    expect(told).toEqual([place]);
  });
});
