import { describe, expect, test } from 'vitest';
import { frontierTable, frontierVerdict } from '../../src/commands/frontier-text.ts';
import {
  compareStrategies,
  FRONTIER_FIGURES,
  figuresOf,
  NO_OFFERS,
  type RunFigures,
} from '../../src/simulation/frontier.ts';

const run = (figures: Partial<RunFigures>): RunFigures => ({
  ...(Object.fromEntries(FRONTIER_FIGURES.map((name) => [name, 0])) as unknown as RunFigures),
  ...figures,
});
const runs = (...profits: number[]) => profits.map((profit) => run({ profit }));

describe('a frontier', () => {
  test('pairs strategies by seed: differences do not contain the variation between seeds', () => {
    const rows = compareStrategies(
      new Map([
        [NO_OFFERS, runs(100, 900, 300, 700, 500, 200)],
        ['β 0', runs(110, 910, 310, 710, 510, 210)],
        ['β 1', runs(111, 912, 313, 714, 515, 216)],
      ]),
    );
    expect(rows.map(({ strategy }) => strategy)).toEqual([NO_OFFERS, 'β 0', 'β 1']);
    expect(rows[1]!.overNoOffers!.profit).toEqual({ estimate: 10, low: 10, high: 10 });
    expect([rows[1]!.overFirst, rows[0]!.overNoOffers]).toEqual([null, null]);
    // 1 to 6: mean 3.5, standard error 0.7638, 97.5 % point of Student's t with 5 degrees of freedom 2.5706.
    const { estimate, low, high } = rows[2]!.overFirst!.profit;
    expect(estimate).toBeCloseTo(3.5, 12);
    expect(high - estimate).toBeCloseTo(2.5706 * 0.7638, 1);
    expect(estimate - low).toBeCloseTo(high - estimate, 12);
    expect(rows[2]!.mean.profit).toBeCloseTo(2781 / 6, 12);
  });

  test('adds up a run: profit is margin less holding and write-offs, stock days are stock over sales at cost', () => {
    const sums = { marginMinor: 50_000, revenueMinor: 0, refundedMinor: 0, items: 0, excessCostDays: 0 };
    const figures = figuresOf(
      {
        truth: {
          baskets: { treatment: 0, holdout: 0 },
          transactions: 0,
          sold: sums,
          effect: sums,
          offers: { accepted: 3, declined: 5, notOffered: 7 },
          customersLost: 2,
        },
        stock: {
          costDaysMinor: 3_650_000,
          soldCostMinor: 100_000,
          writtenOffMinor: 1_000,
          emptyDays: 1,
          productDays: 50,
          missing: 9,
        },
      },
      { currency: 'EUR', days: 20, holdingRate: 0.2 },
    );
    expect(figures).toEqual({
      margin: 500,
      holdingCost: 20,
      writeOffs: 10,
      profit: 470,
      emptyShare: 0.02,
      missing: 9,
      stockDays: 36.5,
      accepted: 3,
      offered: 8,
      customersLost: 2,
    });
  });

  test('says what came out, also where ranking by value does not win', () => {
    const facts = {
      modelVersion: 'demo',
      currency: 'EUR',
      from: '2026-01-05',
      days: 1,
      basketsPerDay: 1,
      stores: 1,
      agents: 1,
      priceResistance: 1,
      seeds: [1, 2, 3],
      holdingRate: 0.25,
    };
    const rows = compareStrategies(
      new Map([
        ['β 0', runs(1000, 2000, 3000)],
        ['β 0.3', runs(1990, 3000, 4010)],
        ['β 0.7', runs(990, 2020, 3000)],
        ['β 1', runs(910, 1900, 2890)],
      ]),
    );
    const sentences = frontierVerdict({ ...facts, rows });
    expect(sentences.map((sentence) => sentence.split(':')[0])).toEqual([
      '- β 0.3 beside β 0 earns more',
      '- β 0.7 beside β 0 earns not measurably more',
      '- β 1 beside β 0 earns less',
    ]);
    expect(sentences[0]).toContain('+1,000');
    const lines = frontierTable({ ...facts, rows }).split('\n');
    expect(lines.find((line) => line.startsWith('| β 1'))).toMatch(/\| 1,900 +\|/);
  });
});
