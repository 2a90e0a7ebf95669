import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BasketBook } from '../../src/ledger/basket-book.ts';
import { CategorySums } from '../../src/ledger/category-sums.ts';
import { METRICS } from '../../src/ledger/experiment.ts';
import { ExperimentBuilder } from '../../src/ledger/experiment-builder.ts';
import { ProductTable } from '../../src/ledger/product-columns.ts';
import { reportUplift } from '../../src/ledger/uplift-report.ts';
import { decisionRecord, outcomeEvent, saleEvent } from '../support/ledger-events.ts';
import { anyLedger, type LedgerEntry } from '../support/random-ledger.ts';
import { stored } from '../support/recorded-events.ts';
import { runSteps } from '../support/run-steps.ts';

const CATEGORIES: Readonly<Record<string, string>> = { A: 'Drinks', B: 'Snacks', D: 'Deli' };
const EVERY_DAY = { fromDay: Number.NEGATIVE_INFINITY, toDay: Number.POSITIVE_INFINITY };

function experimentOf(entries: readonly LedgerEntry[]) {
  const book = new BasketBook();
  for (const entry of entries) {
    if ('decision' in entry) book.addDecision(entry.decision);
    else book.addEvent(stored(entry.event));
  }
  const sums = new CategorySums((productId) => CATEGORIES[productId]);
  const builder = new ExperimentBuilder(EVERY_DAY, { offsetMs: () => 0, dayEndsAtHour: 0 }, sums);
  for (const [outcome, products] of book.outcomesByProduct()) builder.add(outcome, products);
  return runSteps(builder.build());
}

test('categories add up to the whole, basket by basket, in any order', () => {
  fc.assert(
    fc.property(anyLedger, (entries) => {
      const { metrics, categories } = experimentOf(entries);
      const sums = metrics.map((metric) => new Float64Array(metric.length));
      for (const { metrics: own } of categories!)
        for (const [metric, values] of own.entries())
          for (const [at, value] of values.entries()) sums[metric]![at]! += value;
      expect(sums).toEqual(metrics);
      expect(metrics.flatMap((metric) => [...metric]).every(Number.isInteger)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

/** Who is offered B takes it and leaves out one of their drinks; C has no category. */
const replacing = Array.from({ length: 900 }, (_, i) => i).flatMap((i): LedgerEntry[] => {
  const [basketId, isTreated] = [`b${i}`, i % 3 !== 0];
  const at = new Date(Date.UTC(2026, 4, 1, 8) + i * 1000).toISOString();
  const decision = decisionRecord(`d${i}`, {
    basketId,
    atMs: Date.parse(at),
    holdoutShare: 1 / 3,
    suggestions: ['B'],
    arm: isTreated ? 'treatment' : 'holdout',
  });
  const drinks = 2 + (Math.floor(i / 3) % 3) - (isTreated ? 1 : 0);
  const lines = [
    { productId: 'A', quantity: drinks, unitPrice: 3, unitCost: 1 },
    { productId: 'C', quantity: 1, unitPrice: 2, unitCost: 1 },
    ...(isTreated ? [{ productId: 'B', quantity: 1, unitPrice: 4, unitCost: 1 }] : []),
  ];
  const said = outcomeEvent(`o${i}`, { decisionId: `d${i}`, productId: 'B', result: 'accepted', at });
  return [
    { decision },
    ...(isTreated ? [{ event: said }] : []),
    { event: saleEvent(`s${i}`, { basketId, at, lines }) },
  ];
});

test('states nothing for a category that hardly anybody bought, however unevenly it fell', () => {
  const rare = replacing.map((entry, i): LedgerEntry => {
    if (!('event' in entry) || entry.event.type !== 'sale') return entry;
    const { lines, ...sale } = entry.event;
    const isOne = i < 60 && lines.some(({ productId }) => productId === 'B');
    return { event: { ...sale, lines: isOne ? [...lines, { ...lines[0]!, productId: 'D' }] : lines } };
  });
  const { parts } = runSteps(reportUplift(experimentOf(rare)));
  const part = parts!.find(({ part: name }) => name === 'Deli')!;
  expect(part).toMatchObject({ q: null, anytimeQ: null, noteCodes: ['few-paid'] });
  expect(part.incremental.marginPer100Baskets).toBeNull();
  expect(parts!.find(({ part: name }) => name === 'Snacks')!.q).toBeLessThan(1e-6);
});

test('everything outside the thirty largest categories is stated together', () => {
  const flat = (productId: string) => (productId === 'A' ? 'Drinks' : `Group ${productId}`);
  const products = new ProductTable();
  for (let row = 0; row < 40; row++)
    products.add(
      row,
      ['A', `p${row}`].map((productId) => ({
        productId,
        currency: 'EUR',
        items: 1,
        revenueMinor: 100 + row,
        refundedMinor: 0,
        isCostKnown: true,
        costMinor: 50,
        isUpsell: false,
        isHoldingKnown: row % 2 === 0,
        holdingSavedMinor: 2.5,
      })),
    );
  const sums = new CategorySums(flat);
  const rowOf = Int32Array.from({ length: 40 }, (_, row) => row);
  sums.add(products, rowOf);
  const parts = [...sums.metrics(rowOf)];
  expect(parts).toHaveLength(31);
  expect(parts.at(-1)).toMatchObject({ name: null });
  expect(parts.map(({ name }) => name)).toContain('Drinks');
  const revenue = parts.map(({ metrics }) => metrics[1]!.reduce((sum, value) => sum + value, 0));
  expect(revenue.reduce((sum, value) => sum + value, 0)).toBe(2 * (40 * 100 + 780));
  const saved = parts.map(({ metrics }) =>
    metrics[METRICS.indexOf('holdingSaved')]!.reduce((a, b) => a + b, 0),
  );
  expect(saved.reduce((sum, value) => sum + value, 0)).toBe(80 * 2.5);
  const held = parts.map((part) => part.held.reduce((a, b) => a + b, 0));
  expect(held.reduce((sum, value) => sum + value, 0)).toBe(2 * (20 * 100 + 380));
  // The eleven smallest: rows 0 to 10.
  expect(revenue.at(-1)).toBe(11 * 100 + 55);
});

test('what offers took from another category shows where it was taken', () => {
  const { parts, incremental } = runSteps(reportUplift(experimentOf(replacing)));
  expect(parts!.map(({ part }) => part)).toEqual(['Drinks', 'Snacks', null]);
  const [drinks, snacks, other] = parts!;
  expect(drinks!.incremental.marginPer100Baskets!.estimate).toBeCloseTo(-200, 6);
  expect(drinks!.upsellMarginPer100Baskets).toBe(0);
  expect(snacks!.incremental.marginPer100Baskets!.estimate).toBeCloseTo(300, 6);
  expect(snacks).toMatchObject({ upsellMarginPer100Baskets: 300, baskets: { treatment: 600, holdout: 300 } });
  expect(incremental.incrementalShare!.estimate).toBeCloseTo(1 / 3, 6);
  expect(other!.incremental.itemsPer100Baskets!.estimate).toBeCloseTo(0, 6);
  expect([drinks!.q! < 1e-6, snacks!.q! < 1e-6, other!.q]).toEqual([true, true, 1]);
});
