import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Product } from '../../src/recommender/catalogue.ts';
import { unitFigures } from '../../src/recommender/product-figures.ts';
import type { AbsoluteStockRow } from '../../src/recommender/stock.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';
import {
  emptyTerms,
  expectedValue,
  isWithheld,
  referenceValue,
  unknownTerms,
  type ValuePolicy,
  type ValueTerms,
  valueUnit,
} from '../../src/recommender/value.ts';

const policy: ValuePolicy = {
  valueWeight: 0.5,
  expectedValueMin: 0.01,
  holdingRatePerYear: 0.25,
  excessDaysMax: 365,
  targetCoverDays: 60,
  goodwill: 0,
  disposalCost: 0,
  salvageValue: 0,
};
const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 4, 1);

type Facts = Partial<Omit<AbsoluteStockRow, 'storeId' | 'productId' | 'asOfMs'>>;

function worthOf(product: Partial<Product>, stock?: Facts, demand = Number.NaN, rules = policy): ValueTerms {
  const book = new StockBook();
  if (stock) book.apply({ storeId: 's', productId: 'p', asOfMs: NOW_MS, ...stock });
  const terms = emptyTerms();
  const whole: Product = { id: 'p', name: 'p', category: '', active: true, ...product };
  valueUnit(unitFigures(whole), book.store('s'), stock ? 0 : -1, demand, rules, NOW_MS, terms);
  return terms;
}

/** Figures are held as 32-bit floats; NaN where a fact is missing, or where nothing is there and nothing sells. */
function daysOfSupply({ onHand, reserved = 0, demandPerDay, expiresAtMs }: Facts): number {
  const isExpired = expiresAtMs !== undefined && expiresAtMs <= NOW_MS;
  return (isExpired ? 0 : (onHand ?? Number.NaN) - reserved) / Math.fround(demandPerDay ?? Number.NaN);
}

const units = fc.integer({ min: 0, max: 5000 });
const money = fc.double({ min: 0, max: 500, noNaN: true });
const facts = fc.record(
  {
    onHand: units,
    reserved: fc.integer({ min: 0, max: 50 }),
    demandPerDay: fc.double({ min: 0, max: 100, noNaN: true }),
    targetCoverDays: fc.integer({ min: 0, max: 400 }),
    leadTimeDays: fc.integer({ min: 0, max: 60 }),
    protectionLevel: fc.integer({ min: 0, max: 20 }),
    expiresAtMs: fc.integer({ min: -5, max: 400 }).map((days) => NOW_MS + days * DAY_MS),
  },
  { requiredKeys: [] },
);
const priced = fc.record(
  { unitPrice: money, unitCost: money, shelfLifeDays: fc.integer({ min: 0, max: 400 }) },
  { requiredKeys: [] },
);

describe('the worked examples of the value formulas', () => {
  it('750 days of stock at cost 4 and price 8 save 1.00 of holding: a unit is worth 5.00', () => {
    const terms = worthOf(
      { unitCost: 4, unitPrice: 8 },
      { onHand: 600, demandPerDay: 0.8, targetCoverDays: 60, leadTimeDays: 2 },
    );
    expect(terms.daysOfSupply).toBeCloseTo(750, 3);
    expect(terms.holding).toBeCloseTo(1, 2);
    expect(terms.scarcity).toBeCloseTo(0, 2);
    expect(terms.total).toBeCloseTo(5, 2);
    expect(unknownTerms(terms)).toEqual([]);
  });

  it('three units at two a day and two days to delivery would mostly sell anyway: S 3.05, V .95', () => {
    const terms = worthOf({ unitCost: 4, unitPrice: 8 }, { onHand: 3, demandPerDay: 2, leadTimeDays: 2 });
    expect(terms.scarcity).toBeCloseTo(3.05, 2);
    expect(terms.total).toBeCloseTo(0.95, 2);
    expect(isWithheld(terms)).toBe(false);
  });

  it('three units expiring in two days at one a day: the avoided write-off is the cost of those left over', () => {
    const terms = worthOf(
      { unitCost: 4, unitPrice: 8 },
      { onHand: 3, demandPerDay: 1, expiresAtMs: NOW_MS + 2 * DAY_MS, leadTimeDays: 0 },
      Number.NaN,
      { ...policy, disposalCost: 0.5, salvageValue: 1.5 },
    );
    const unsold = Math.exp(-2) * (1 + 2 + 2);
    expect(terms.writeOff).toBeCloseTo(unsold * (4 + 0.5 - 1.5), 6);
  });
});

describe('stock at its ends', () => {
  it('without any demand counts as the most excess cover there can be', () => {
    const terms = worthOf({ unitCost: 4, unitPrice: 8 }, { onHand: 5, demandPerDay: 0, leadTimeDays: 2 });
    expect(terms.daysOfSupply).toBe(Number.POSITIVE_INFINITY);
    expect(terms.holding).toBeCloseTo(1, 6);
    expect(unknownTerms(terms)).toEqual([]);
  });

  it('that has expired is nothing to sell', () => {
    const expired = { onHand: 5, demandPerDay: 1, expiresAtMs: NOW_MS };
    expect(isWithheld(worthOf({ unitCost: 4, unitPrice: 8 }, expired))).toBe(true);
    expect(isWithheld(worthOf({ unitCost: 4, unitPrice: 8 }, { ...expired, expiresAtMs: NOW_MS + 1 }))).toBe(
      false,
    );
  });
});

describe('bounds of the stock terms', () => {
  it('what stock adds never exceeds the margin, and every term is finite', () => {
    fc.assert(
      fc.property(priced, facts, (product, stock) => {
        const terms = worthOf(product, stock);
        const { margin, holding, writeOff, scarcity, total } = terms;
        for (const term of [margin, holding, writeOff, scarcity, total])
          expect(Number.isFinite(term)).toBe(true);
        expect(holding).toBeGreaterThanOrEqual(0);
        expect(writeOff).toBeGreaterThanOrEqual(0);
        expect(holding + writeOff).toBeLessThanOrEqual(Math.max(0, margin) + 1e-9);
        expect(total).toBeCloseTo(margin + holding + writeOff - scarcity, 9);
      }),
    );
  });

  it('more stock never lowers the holding cost saved', () => {
    fc.assert(
      fc.property(money, money, facts, units, units, (unitCost, profit, stock, some, more) => {
        const product = { unitCost, unitPrice: unitCost + profit };
        const less = worthOf(product, { ...stock, onHand: some });
        const full = worthOf(product, { ...stock, onHand: some + more });
        expect(full.holding).toBeGreaterThanOrEqual(less.holding - 1e-9);
      }),
    );
  });

  it('no excess over the target cover saves nothing, and excess counts up to the cap and the shelf life', () => {
    const product = { unitCost: 4, unitPrice: 80 };
    expect(worthOf(product, { onHand: 59, demandPerDay: 1 }).holding).toBe(0);
    const capped = worthOf(product, { onHand: 5000, demandPerDay: 1 }).holding;
    expect(capped).toBeCloseTo(0.25 * 4, 6);
    const perishable = worthOf({ ...product, shelfLifeDays: 10 }, { onHand: 5000, demandPerDay: 1 }).holding;
    expect(perishable).toBeCloseTo((10 / 365) * 0.25 * 4, 6);
  });
});

describe('unknown facts', () => {
  it('a term whose facts are unknown is 0 and named', () => {
    fc.assert(
      fc.property(priced, fc.option(facts, { nil: undefined }), (product, stock) => {
        const terms = worthOf(product, stock);
        for (const name of unknownTerms(terms)) expect(terms[name as 'margin']).toBe(0);
        const hasMargin = product.unitPrice !== undefined && product.unitCost !== undefined;
        expect(unknownTerms(terms).includes('margin')).toBe(!hasMargin);
        const isKnown = hasMargin && !Number.isNaN(daysOfSupply(stock ?? {}));
        expect(unknownTerms(terms).includes('holding')).toBe(!isKnown);
      }),
    );
  });

  it('without stock only the margin counts, and holding and scarcity are named', () => {
    const terms = worthOf({ unitCost: 4, unitPrice: 8 });
    expect(terms.total).toBe(4);
    expect(unknownTerms(terms)).toEqual(['holding', 'scarcity']);
    expect(isWithheld(terms)).toBe(false);
  });

  it('without a price the stock terms have no bound: they are left out and named, not stated as zero', () => {
    const terms = worthOf(
      { unitCost: 4 },
      { onHand: 600, demandPerDay: 0.8, leadTimeDays: 2, expiresAtMs: NOW_MS + DAY_MS },
    );
    expect(terms.total).toBe(0);
    expect(unknownTerms(terms)).toEqual(['margin', 'holding', 'writeOff', 'scarcity']);
  });

  it('the demand of the receipts stands in where the stock row states none', () => {
    const stock = { onHand: 600, targetCoverDays: 60 };
    expect(worthOf({ unitCost: 4, unitPrice: 8 }, stock, 0.8).holding).toBeCloseTo(1, 6);
    expect(worthOf({ unitCost: 4, unitPrice: 8 }, { ...stock, demandPerDay: 100 }, 0.8).holding).toBe(0);
  });
});

describe('scarce stock', () => {
  const product = { unitCost: 4, unitPrice: 8 };

  it('is withheld at and below the protection level, and offered above it', () => {
    for (const [onHand, isKept] of [
      [4, true],
      [5, true],
      [6, false],
    ] as const)
      expect(isWithheld(worthOf(product, { onHand, protectionLevel: 5, demandPerDay: 0.1 }))).toBe(isKept);
  });

  it('is withheld when reserved units leave nothing to sell', () => {
    expect(isWithheld(worthOf(product, { onHand: 5, reserved: 5 }))).toBe(true);
    expect(isWithheld(worthOf(product, { onHand: 5, reserved: 4 }))).toBe(false);
  });

  it('is withheld when the next customer would pay at least as much', () => {
    const scarce = { onHand: 1, demandPerDay: 20, leadTimeDays: 7 };
    expect(isWithheld(worthOf(product, scarce, Number.NaN, { ...policy, goodwill: 1 }))).toBe(true);
  });

  it('costs more the longer the delivery takes', () => {
    const scarcity = [1, 2, 4, 8].map(
      (leadTimeDays) => worthOf(product, { onHand: 3, demandPerDay: 1, leadTimeDays }).scarcity,
    );
    expect(scarcity).toEqual([...scarcity].sort((a, b) => a - b));
  });
});

describe('expected value', () => {
  const probability = fc.double({ min: 0, max: 1, noNaN: true });
  const positive = fc.double({ min: 0.01, max: 1000, noNaN: true });
  const weights = fc.double({ min: 0, max: 1, noNaN: true });
  const worth = (total: number) => ({ total, unknown: 0 });

  it('grows with the probability, whatever the weight of value', () => {
    fc.assert(
      fc.property(probability, probability, positive, positive, weights, (a, b, total, reference, weight) => {
        const at = (p: number) => expectedValue(p, worth(total), reference, { valueWeight: weight });
        expect(Math.sign(at(a) - at(b)) * Math.sign(a - b)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('weight 0 orders by probability alone', () => {
    fc.assert(
      fc.property(probability, probability, positive, positive, positive, (a, b, v, w, reference) => {
        const left = expectedValue(a, worth(v), reference, { valueWeight: 0 });
        const right = expectedValue(b, worth(w), reference, { valueWeight: 0 });
        if (a < b) expect(left).toBeLessThanOrEqual(right);
      }),
    );
  });

  it('weight 1 is the expected money, and weight .5 the geometric mean with the reference', () => {
    fc.assert(
      fc.property(probability, positive, positive, (p, total, reference) => {
        expect(expectedValue(p, worth(total), reference, { valueWeight: 1 })).toBeCloseTo(p * total, 6);
        const half = expectedValue(p, worth(total), reference, { valueWeight: 0.5 });
        expect(half).toBeCloseTo(p * Math.sqrt(total * reference), 6);
      }),
    );
  });

  it('an unknown margin counts as the typical one; a unit worth less than nothing brings nothing', () => {
    expect(expectedValue(0.2, { total: 0, unknown: 1 }, 3, policy)).toBeCloseTo(0.6, 12);
    expect(expectedValue(0.2, worth(-2), 3, policy)).toBe(0);
    expect(expectedValue(0.2, worth(-2), 3, { valueWeight: 0 })).toBe(0);
    expect(expectedValue(0.2, worth(2), Number.NaN, policy)).toBeNaN();
  });

  it('the reference is the mean margin weighted by how often products are bought, of those that state one', () => {
    const product = (unitPrice?: number, unitCost?: number): Product => ({
      id: `${unitPrice}`,
      name: '',
      category: '',
      active: true,
      ...(unitPrice !== undefined && { unitPrice }),
      ...(unitCost !== undefined && { unitCost }),
    });
    const products = [product(4, 3), product(10, 5), product(9), product(1, 2)];
    expect(referenceValue(products, Float32Array.of(0.25, 0.75, 1, 1))).toBeCloseTo(0.25 + 0.75 * 5, 9);
    expect(referenceValue([product(9)], Float32Array.of(1))).toBeNaN();
  });
});
