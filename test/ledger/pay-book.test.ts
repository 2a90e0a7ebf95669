import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shareMinor } from '../../src/ledger/apportion.ts';
import type { CommissionPlan } from '../../src/ledger/commission-plan.ts';
import { PayBook } from '../../src/ledger/pay-book.ts';
import type { PayStatement } from '../../src/ledger/pay-statement.ts';
import type { BookEntry } from '../support/filled-book.ts';
import { closing, HALF, payBook } from '../support/pay-ledger.ts';
import { decisionAt, line, minute, outcome, refund, sale } from '../support/recorded-events.ts';

const MAY = '2026-05';
const JUNE = '2026-06';
const IN_JUNE = '2026-06-10T12:00:00Z';

/** Basket `name` with a paid up-sell of C by an agent, at 8.01 with a cost of 5. */
function upsold(name: string, agentId = 'a1', changes: object = {}): BookEntry[] {
  const decided = decisionAt(0, { decisionId: `d-${name}`, basketId: name });
  const c = line('C', { unitPrice: 8.01, unitCost: 5 });
  return [
    decided,
    outcome(`o-${name}`, 'accepted', { decisionId: `d-${name}` }),
    sale(`s-${name}`, [c, line('A', { unitPrice: 3 })], { basketId: name, agentId, ...changes }),
  ];
}
const returned = (name: string, changes: object = {}) =>
  refund(`r-${name}`, [line('C', { unitPrice: 8.01 })], { basketId: name, ...changes });

const brief = (statements: readonly PayStatement[]) =>
  statements.map(({ agentId, payMinor, entries }) => [
    agentId,
    payMinor,
    entries.map(({ kind, amountMinor }) => `${kind} ${amountMinor}`).sort(),
  ]);
const plan = (changes: Partial<CommissionPlan>): CommissionPlan => ({ ...HALF, ...changes });

describe('commission', () => {
  test('is a share of the up-sell, half a cent to even, with the events behind it', () => {
    const [statement] = payBook(upsold('b1')).statements(MAY);
    expect(statement).toEqual({
      agentId: 'a1',
      currency: 'EUR',
      storeId: 's1',
      payMinor: 400,
      entries: [
        {
          key: expect.any(String),
          kind: 'up-sell',
          agentId: 'a1',
          currency: 'EUR',
          amountMinor: 400,
          period: MAY,
          about: MAY,
          planId: 'half',
          events: ['o-b1', 's-b1'],
          upsell: {
            basketId: 'b1',
            productId: 'C',
            storeId: 's1',
            decisionId: 'd-b1',
            of: 'revenue',
            basisPoints: 5000,
            baseMinor: 801,
            splitBasisPoints: 10_000,
          },
        },
      ],
    });
  });

  test('is of the margin if the plan says so, and nothing if a cost is not known', () => {
    const plans = [plan({ rates: [{ of: 'margin', basisPoints: 10_000 }] })];
    expect(brief(payBook(upsold('b1'), { plans }).statements(MAY))).toEqual([['a1', 301, ['up-sell 301']]]);
    const incremental = [
      plan({ rates: [{ of: 'incrementalMargin', basisPoints: 5000 }], incrementalBasisPoints: 4000 }),
    ];
    // 40 % of 3.01 is 1.204: 1.20, and half of that is paid.
    const [statement] = payBook(upsold('b1'), { plans: incremental }).statements(MAY);
    expect(brief([statement!])).toEqual([['a1', 60, ['up-sell 60']]]);
    expect(statement!.entries[0]!.upsell).toMatchObject({ of: 'incrementalMargin', baseMinor: 120 });
    const back = payBook([...upsold('b1'), returned('b1')], { plans: incremental }).statements(MAY);
    expect(brief(back)).toEqual([['a1', 0, ['claw-back -60', 'up-sell 60']]]);
    const unknown = [
      decisionAt(0),
      outcome('o1', 'accepted'),
      sale('s1', [line('C', { unitPrice: 8 })], { agentId: 'a1' }),
    ];
    const book = payBook(unknown, { plans });
    expect(brief(book.statements(MAY))).toEqual([['a1', 0, ['up-sell 0']]]);
    expect(book.unpaid(MAY)).toMatchObject({ costUnknown: 1, noPlan: 0 });
  });

  test.each<[string, CommissionPlan['rates'][number], number]>([
    ['of the product', { of: 'revenue', basisPoints: 1000, productIds: ['C'] }, 80],
    ['of its category', { of: 'revenue', basisPoints: 2000, category: 'Food' }, 160],
    ['of a category below', { of: 'revenue', basisPoints: 2000, category: 'Food/Snacks' }, 160],
    ['of another category', { of: 'revenue', basisPoints: 2000, category: 'Food/Snack' }, 400],
    ['of another product', { of: 'revenue', basisPoints: 2000, productIds: ['D'] }, 400],
  ])('goes by the first rate that fits: one %s before one for all', (_, rate, wanted) => {
    const plans = [plan({ rates: [rate, ...HALF.rates] })];
    const categoryOf = (productId: string) => (productId === 'C' ? 'Food/Snacks' : undefined);
    expect(payBook(upsold('b1'), { plans, categoryOf }).statements(MAY)[0]?.payMinor).toBe(wanted);
  });

  test.each<[string, Partial<CommissionPlan>, string]>([
    ['the plan is of later months', { from: JUNE }, 'noPlan'],
    ['the plan has ended', { until: '2026-04' }, 'noPlan'],
    ['the plan is for others', { agentIds: ['a2'] }, 'noPlan'],
    ['the plan pays in another currency', { currency: 'USD' }, 'otherCurrency'],
    ['no rate fits the product', { rates: [{ of: 'revenue', basisPoints: 1, productIds: ['X'] }] }, 'noRate'],
  ])('is nothing when %s, and that is counted', (_, changes, reason) => {
    const book = payBook(upsold('b1'), { plans: [plan(changes)] });
    expect(book.statements(MAY)).toEqual([]);
    expect(book.unpaid(MAY)).toMatchObject({ [reason]: 1 });
  });

  test('that several agents are not paid for is counted as one up-sell', () => {
    const split = [
      { agentId: 'a1', percent: 40 },
      { agentId: 'a2', percent: 40 },
      { agentId: 'a3', percent: 20 },
    ];
    const unpaidBy = (changes: Partial<CommissionPlan>) =>
      payBook(upsold('b1', 'a1', { split }), { plans: [plan(changes)] }).unpaid(MAY);
    expect(unpaidBy({ currency: 'USD' })).toMatchObject({ otherCurrency: 1, noPlan: 0 });
    expect(unpaidBy({ currency: 'USD', agentIds: ['a1'] })).toMatchObject({ otherCurrency: 1, noPlan: 1 });
  });

  test('is nobody’s when nobody is named, and that is counted', () => {
    const anonymous = [decisionAt(0), outcome('o1', 'accepted'), sale('s1', [line('C', { unitPrice: 8 })])];
    const book = payBook(anonymous);
    expect([book.statements(MAY), book.unpaid(MAY).noAgent]).toEqual([[], 1]);
  });

  test('is not paid for what was accepted and not bought, nor for what was bought unasked', () => {
    const [decided, said] = upsold('b1');
    expect(payBook([decided!, said!]).statements(MAY)).toEqual([]);
    expect(payBook([decided!, upsold('b1')[2]!]).statements(MAY)).toEqual([]);
  });

  test('of a basket id that is on 20,000 receipts is counted within the time of a test', () => {
    const again = Array.from({ length: 20_000 }, (_, n) =>
      sale(`again-${n}`, [line('C', { unitPrice: 1 })], { basketId: 'b1', at: IN_JUNE }),
    );
    const [statement] = payBook([...upsold('b1'), ...again]).statements(JUNE);
    expect(statement!.entries).toHaveLength(20_000);
    expect(statement!.entries.reduce((sum, { upsell }) => sum + upsell!.baseMinor, 0)).toBe(2_000_000);
  });

  test('of a split sale is shared out to the cent', () => {
    const split = [
      { agentId: 'a1', percent: 33.33 },
      { agentId: 'a2', percent: 66.67 },
    ];
    const plans = [plan({ rates: [{ of: 'revenue', basisPoints: 10_000 }] })];
    const pay = payBook(upsold('b1', 'a1', { split }), { plans }).statements(MAY);
    expect(brief(pay)).toEqual([
      ['a1', 267, ['up-sell 267']],
      ['a2', 534, ['up-sell 534']],
    ]);
  });

  test('comes with base pay for whom the plan names, sales or none', () => {
    const own = plan({ id: 'own', agentIds: ['a1', 'a3'], basePayMinor: 150_000 });
    expect(brief(payBook(upsold('b1'), { plans: [HALF, own] }).statements(MAY))).toEqual([
      ['a1', 150_400, ['base 150000', 'up-sell 400']],
      ['a3', 150_000, ['base 150000']],
    ]);
  });

  test.each<[string, CommissionPlan['tiers'], number]>([
    ['excess', { of: 'revenue', on: 'excess', steps: [{ aboveMinor: 1000, basisPoints: 1000 }] }, 140],
    [
      'excess of two steps',
      {
        of: 'revenue',
        on: 'excess',
        steps: [
          { aboveMinor: 1000, basisPoints: 1000 },
          { aboveMinor: 2000, basisPoints: 1000 },
        ],
      },
      180,
    ],
    ['all', { of: 'revenue', on: 'all', steps: [{ aboveMinor: 1000, basisPoints: 1000 }] }, 240],
    ['a step not reached', { of: 'revenue', on: 'all', steps: [{ aboveMinor: 2403, basisPoints: 1000 }] }, 0],
    ['margin', { of: 'margin', on: 'all', steps: [{ aboveMinor: 0, basisPoints: 1000 }] }, 90],
  ])('adds a tier on %s', (_, tiers, bonus) => {
    const three = [...upsold('b1'), ...upsold('b2'), ...upsold('b3')];
    const [statement] = payBook(three, { plans: [plan({ tiers: tiers! })] }).statements(MAY);
    expect(statement?.payMinor).toBe(3 * 400 + bonus);
    const tier = statement?.entries.find(({ kind }) => kind === 'tier');
    expect(tier?.events ?? []).toEqual(bonus === 0 ? [] : ['s-b1', 's-b2', 's-b3']);
  });

  test('is cut at the cap, base pay apart', () => {
    const plans = [plan({ agentIds: ['a1'], basePayMinor: 1000, capMinor: 500 })];
    expect(brief(payBook([...upsold('b1'), ...upsold('b2')], { plans }).statements(MAY))).toEqual([
      ['a1', 1500, ['base 1000', 'cap -300', 'up-sell 400', 'up-sell 400']],
    ]);
  });

  test('goes in part to the team of the plan, who share it equally, sales or none', () => {
    const team = plan({ id: 'team', agentIds: ['a1', 'a2', 'a3'], teamBasisPoints: 2500 });
    const [a1, a2, a3] = payBook([...upsold('b1'), ...upsold('b2', 'a2'), ...upsold('b3')], {
      plans: [team],
    }).statements(MAY);
    // 4.00 twice and once; a quarter of each makes 3.00.
    expect(brief([a1!, a2!, a3!])).toEqual([
      ['a1', 700, ['pooled -200', 'team 100', 'up-sell 400', 'up-sell 400']],
      ['a2', 400, ['pooled -100', 'team 100', 'up-sell 400']],
      ['a3', 100, ['team 100']],
    ]);
    const pooled = a1!.entries.find(({ kind }) => kind === 'pooled');
    expect(pooled).toMatchObject({ planId: 'team', events: ['s-b1', 's-b3'] });
    expect(a3!.entries[0]).toMatchObject({ events: [], pool: { amountMinor: 300, members: 3 } });
  });

  test('is pooled by nobody who lost: the others of the team pay nothing for it', () => {
    const rates = [{ of: 'margin', basisPoints: 5000 }] as const;
    const team = plan({ id: 'team', agentIds: ['a1', 'a2'], rates, teamBasisPoints: 5000 });
    const dear = [
      decisionAt(0),
      outcome('o1', 'accepted'),
      sale('s1', [line('C', { unitPrice: 1, unitCost: 5 })], { agentId: 'a1' }),
    ];
    expect(brief(payBook(dear, { plans: [team] }).statements(MAY))).toEqual([['a1', -200, ['up-sell -200']]]);
  });

  test('is pooled after tiers and cap, only by agents whom the plan pays', () => {
    const team = plan({ id: 'team', agentIds: ['a1', 'a2', 'a3'], teamBasisPoints: 5000, capMinor: 500 });
    const own = plan({ id: 'own', from: '2026-03', agentIds: ['a3'] });
    const two = [...upsold('b1'), ...upsold('b2'), ...upsold('b3', 'a3')];
    expect(brief(payBook(two, { plans: [team, own] }).statements(MAY))).toEqual([
      ['a1', 375, ['cap -300', 'pooled -250', 'team 125', 'up-sell 400', 'up-sell 400']],
      ['a2', 125, ['team 125']],
      ['a3', 400, ['up-sell 400']],
    ]);
    const back = payBook([...two, returned('b1', { at: IN_JUNE })], { plans: [team, own] });
    // 4.00 are left, half of them pooled.
    expect(brief(back.statements(JUNE))).toEqual([
      ['a1', -75, ['cap 300', 'claw-back -400', 'pooled 50', 'team -25']],
      ['a2', -25, ['team -25']],
    ]);
  });

  test('belongs to the month of its business day', () => {
    const calendar = { offsetMs: () => 2 * 3_600_000, dayEndsAtHour: 4 };
    const night = upsold('b1', 'a1', { at: '2026-06-01T01:59:00Z' });
    const morning = upsold('b2', 'a1', { at: '2026-06-01T02:00:00Z' });
    const book = payBook([...night, ...morning], { calendar });
    expect([book.statements(MAY), book.statements(JUNE)].map((list) => list[0]?.entries.length)).toEqual([
      1, 1,
    ]);
  });

  test('is stated with the store where the agent served most', () => {
    const elsewhere = ['x', 'y'].map((name) =>
      sale(`s-${name}`, [line('A', { unitPrice: 1 })], { basketId: name, agentId: 'a1', storeId: 's2' }),
    );
    expect(payBook([...upsold('b1'), ...elsewhere]).statements(MAY)[0]?.storeId).toBe('s2');
  });
});

describe('a refund', () => {
  test('takes back to the cent what the sale earned, in the month of the refund and at the rate of the sale', () => {
    const plans = [HALF, plan({ id: 'less', from: JUNE, rates: [{ of: 'revenue', basisPoints: 100 }] })];
    const book = payBook([...upsold('b1'), returned('b1', { at: IN_JUNE })], { plans });
    expect(brief(book.statements(MAY))).toEqual([['a1', 400, ['up-sell 400']]]);
    expect(brief(book.statements(JUNE))).toEqual([['a1', -400, ['claw-back -400']]]);
    expect(book.statements(JUNE)[0]?.entries[0]).toMatchObject({
      about: MAY,
      planId: 'half',
      events: ['o-b1', 'r-b1'],
      upsell: { baseMinor: -801 },
    });
  });

  test('takes back the tier that was reached with it, and gives back what the cap had cut', () => {
    const tiers = { of: 'revenue', on: 'all', steps: [{ aboveMinor: 1000, basisPoints: 1000 }] } as const;
    const two = [...upsold('b1'), ...upsold('b2'), returned('b2', { at: IN_JUNE })];
    const tiered = payBook(two, { plans: [plan({ tiers })] });
    expect(brief(tiered.statements(MAY))).toEqual([['a1', 960, ['tier 160', 'up-sell 400', 'up-sell 400']]]);
    expect(brief(tiered.statements(JUNE))).toEqual([['a1', -560, ['claw-back -400', 'tier -160']]]);
    const capped = payBook(two, { plans: [plan({ capMinor: 500 })] });
    expect(brief(capped.statements(JUNE))).toEqual([['a1', -100, ['cap 300', 'claw-back -400']]]);
  });
});

describe('a closed period', () => {
  const closedMay = (entries: readonly BookEntry[]) => [closing(MAY, payBook(entries).statements(MAY))];

  test('is corrected in the next one for what comes late, and only there', () => {
    const closings = closedMay(upsold('b1'));
    const book = payBook([...upsold('b1'), ...upsold('b2')], { closings });
    expect(brief(book.statements(JUNE))).toEqual([['a1', 400, ['correction 400']]]);
    expect(book.statements(JUNE)[0]?.entries[0]).toMatchObject({ about: MAY, events: ['o-b2', 's-b2'] });
    expect(book.statements('2026-07')).toEqual([]);
  });

  test('is corrected once: what a closed correction has paid is not paid again', () => {
    const late = [...upsold('b1'), ...upsold('b2')];
    const may = closedMay(upsold('b1'));
    const june = closing(JUNE, payBook(late, { closings: may }).statements(JUNE));
    expect(payBook(late, { closings: [...may, june] }).statements('2026-07')).toEqual([]);
    const undone = [
      ...upsold('b1'),
      ...upsold('b2'),
      outcome('o9', 'declined', { decisionId: 'd-b2', at: minute(2) }),
    ];
    expect(brief(payBook(undone, { closings: [...may, june] }).statements('2026-07'))).toEqual([
      ['a1', -400, ['correction -400']],
    ]);
  });

  test('keeps its plans and categories, whatever changes later', () => {
    const byCategory = [plan({ rates: [{ of: 'revenue', basisPoints: 5000, category: 'Food' }] })];
    const may = payBook(upsold('b1'), { plans: byCategory, categoryOf: () => 'Food' }).statements(MAY);
    const closings = [closing(MAY, may, { plans: byCategory, categories: [['C', 'Food']] })];
    const later = payBook(upsold('b1'), { plans: [], closings, categoryOf: () => 'Toys' });
    expect(later.statements(JUNE)).toEqual([]);
    expect(brief(later.statements(MAY))).toEqual(brief(may));
  });

  test('keeps a product without a category as it is if the catalogue adds one later', () => {
    const own = [plan({ rates: [{ of: 'revenue', basisPoints: 1000, category: 'Toys' }, ...HALF.rates] })];
    const may = payBook(upsold('b1'), { plans: own }).statements(MAY);
    const closings = [closing(MAY, may, { plans: own, categories: [['C', null]] })];
    expect(
      payBook(upsold('b1'), { plans: own, closings, categoryOf: () => 'Toys' }).statements(JUNE),
    ).toEqual([]);
  });

  test('may be the first one: earlier sales were paid elsewhere and are not taken back', () => {
    const closings = [closing(JUNE, [])];
    const book = payBook([...upsold('b1'), returned('b1', { at: '2026-07-02T00:00:00Z' })], { closings });
    expect(book.statements('2026-07')).toEqual([]);
  });
});

const moments = fc.constantFrom(
  '2026-05-03T10:00:00Z',
  '2026-05-30T10:00:00Z',
  IN_JUNE,
  '2026-07-01T10:00:00Z',
);
const products = ['C', 'D', 'E'];
const anyLines = fc.array(
  fc.record({
    productId: fc.constantFrom(...products),
    quantity: fc.constantFrom(1, 2, 0.3),
    unitPrice: fc.integer({ min: 0, max: 3000 }).map((cents) => cents / 100),
    unitCost: fc.integer({ min: 0, max: 2000 }).map((cents) => cents / 100),
  }),
  { minLength: 1, maxLength: 3 },
);
const anyTrade = fc.record({ at: moments, basket: fc.nat({ max: 3 }), lines: anyLines });
const splits = fc.constantFrom(undefined, [
  { agentId: 'a1', percent: 33.33 },
  { agentId: 'a2', percent: 66.67 },
]);
const anyTradingYear: fc.Arbitrary<BookEntry[]> = fc
  .tuple(
    fc.array(fc.tuple(anyTrade, splits, fc.constantFrom('a1', 'a2', 'a3')), { maxLength: 6 }),
    fc.array(anyTrade, { maxLength: 5 }),
    fc.array(fc.tuple(fc.nat({ max: 3 }), fc.constantFrom(...products), fc.boolean()), { maxLength: 8 }),
  )
  .map(([sales, refunds, said]) => [
    ...[0, 1, 2, 3].map((n) =>
      decisionAt(n, { decisionId: `d${n}`, basketId: `b${n}`, suggestions: [...products] }),
    ),
    ...said.map(([n, productId, isYes], at) =>
      outcome(`o${at}`, isYes ? 'accepted' : 'declined', { decisionId: `d${n}`, productId }),
    ),
    ...sales.map(([{ at, basket, lines }, split, agentId], n) =>
      sale(`s${n}`, lines, { at, basketId: `b${basket}`, agentId, ...(split && { split }) }),
    ),
    ...refunds.map(({ at, basket, lines }, n) => refund(`r${n}`, lines, { at, basketId: `b${basket}` })),
  ]);

const RICH: CommissionPlan = plan({
  agentIds: ['a1', 'a2'],
  basePayMinor: 100_000,
  capMinor: 3000,
  rates: [
    { of: 'margin', basisPoints: 3333, productIds: ['C'] },
    { of: 'incrementalMargin', basisPoints: 4321, productIds: ['D'] },
    { of: 'revenue', basisPoints: 777 },
  ],
  incrementalBasisPoints: 3750,
  tiers: { of: 'revenue', on: 'excess', steps: [{ aboveMinor: 2500, basisPoints: 1250 }] },
  teamBasisPoints: 1500,
});
const isPooling = (kind: string) => kind === 'pooled' || kind === 'team';
const periods = [MAY, JUNE, '2026-07', '2026-08'];
const plans = [RICH, plan({ id: 'rest' })];
const totals = (statements: readonly PayStatement[]) => {
  const sums = new Map<string, number>();
  for (const { agentId, payMinor } of statements) sums.set(agentId, (sums.get(agentId) ?? 0) + payMinor);
  return [...sums].filter(([, sum]) => sum !== 0).sort();
};

describe('whatever happens', () => {
  test('the order of events makes no difference, and entries add up to the pay', () => {
    const shuffledYear = anyTradingYear.chain((year) =>
      fc.tuple(fc.constant(year), fc.shuffledSubarray(year, { minLength: year.length })),
    );
    fc.assert(
      fc.property(shuffledYear, ([year, shuffled]) => {
        const [one, other] = [payBook(year, { plans }), payBook(shuffled, { plans })];
        for (const period of periods) {
          expect(other.statements(period)).toEqual(one.statements(period));
          for (const { entries, payMinor } of one.statements(period)) {
            expect(entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(payMinor);
            expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test('the entries of an up-sell add up to its rate on what was kept of it', () => {
    fc.assert(
      fc.property(anyTradingYear, (year) => {
        const sums = new Map<string, { amount: number; base: number; basisPoints: number }>();
        const book = payBook(year, { plans });
        for (const { agentId, upsell, amountMinor } of periods.flatMap((period) =>
          book.statements(period).flatMap(({ entries }) => entries),
        )) {
          if (!upsell) continue;
          const key = `${agentId} ${upsell.basketId} ${upsell.productId}`;
          const sum = sums.get(key) ?? { amount: 0, base: 0, basisPoints: upsell.basisPoints };
          sums.set(key, { ...sum, amount: sum.amount + amountMinor, base: sum.base + upsell.baseMinor });
        }
        for (const { amount, base, basisPoints } of sums.values())
          expect(amount).toBe(shareMinor(base, basisPoints));
      }),
      { numRuns: 200 },
    );
  });

  test('total pay over all months is the same to the cent, whenever months are closed', () => {
    const inTwoParts = anyTradingYear.chain((year) => fc.tuple(fc.constant(year), fc.subarray(year)));
    fc.assert(
      fc.property(inTwoParts, ([year, early]) => {
        const known = (entries: readonly BookEntry[], closings: ReturnType<typeof closing>[]) =>
          payBook(entries, { plans, closings });
        const may = closing(MAY, known(early, []).statements(MAY), { plans });
        const june = closing(JUNE, known(early, [may]).statements(JUNE), { plans });
        const rest = known(year, [may, june]);
        const paid = [...may.statements, ...june.statements, ...rest.statements('2026-07')];
        const atOnce = known(year, []);
        expect(totals(paid)).toEqual(
          totals(periods.slice(0, 3).flatMap((period) => atOnce.statements(period))),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('a period computed by itself equals the same period among all, including closed ones before it', () => {
    const inTwoParts = anyTradingYear.chain((year) => fc.tuple(fc.constant(year), fc.subarray(year)));
    const seen = new Set<string>();
    fc.assert(
      fc.property(inTwoParts, ([year, early]) => {
        const terms = { plans: [{ ...RICH, capMinor: 500 }, plan({ id: 'rest' })] };
        const may = closing(MAY, payBook(early, terms).statements(MAY), terms);
        const all = payBook(year, { ...terms, closings: [may] });
        for (const period of periods) {
          const alone = payBook(year, { ...terms, closings: [may], periods: [period] });
          const statements = alone.statements(period);
          expect(statements).toEqual(all.statements(period));
          expect(alone.firstEarned()).toBe(all.firstEarned());
          for (const { entries } of statements) for (const { kind } of entries) seen.add(kind);
        }
      }),
      { numRuns: 200 },
    );
    expect([...seen].sort()).toEqual([
      'base',
      'cap',
      'claw-back',
      'correction',
      'pooled',
      'team',
      'tier',
      'up-sell',
    ]);
  });

  test('a team shares out its pool to the cent, and a member asked for alone gets the same', () => {
    const inTwoParts = anyTradingYear.chain((year) => fc.tuple(fc.constant(year), fc.subarray(year)));
    fc.assert(
      fc.property(inTwoParts, ([year, early]) => {
        const may = closing(MAY, payBook(early, { plans }).statements(MAY), { plans });
        const ofOne = closing(
          MAY,
          may.statements.filter(({ agentId }) => agentId === 'a2'),
          { plans },
        );
        const all = payBook(year, { plans, closings: [may] });
        const one = payBook(year, { plans, closings: [ofOne], agentId: 'a2' });
        for (const period of periods) {
          const entries = all.statements(period).flatMap((statement) => statement.entries);
          const minor = entries.map(({ kind, amountMinor }) => (isPooling(kind) ? amountMinor : 0));
          expect(minor.reduce((sum, amount) => sum + amount, 0)).toBe(0);
          expect(one.statements(period)).toEqual(
            all.statements(period).filter(({ agentId }) => agentId === 'a2'),
          );
        }
      }),
      { numRuns: 200 },
    );
  });
});

test('a book without sales pays nobody', () => {
  const book = new PayBook({
    plans: [HALF],
    closings: [],
    calendar: { offsetMs: () => 0, dayEndsAtHour: 4 },
    categoryOf: () => undefined,
  });
  expect(book.statements(MAY)).toEqual([]);
});
