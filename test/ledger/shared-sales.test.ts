import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ComparedSales } from '../../src/ledger/compared-sales.ts';
import type { ContestRules } from '../../src/ledger/contest.ts';
import type { SaleShare } from '../../src/ledger/events.ts';
import { dayOfText } from '../../src/ledger/instant.ts';
import type { SalesReportOptions } from '../../src/ledger/sales-report.ts';
import type { SalesRow } from '../../src/ledger/sales-sums.ts';
import { upsellsOf } from '../../src/ledger/upsells.ts';
import { CONTEST_RULES } from '../support/contest-rules.ts';
import { bestsOf, standingsOf } from '../support/counted-ledger.ts';
import { type BookEntry, filledBook } from '../support/filled-book.ts';
import { decisionAt, line, minute, outcome, refund, sale } from '../support/recorded-events.ts';

const CALENDAR = { offsetMs: () => 0, dayEndsAtHour: 0 };
const NOW_MS = Date.parse('2026-05-01T20:00:00Z');
const half: readonly SaleShare[] = [
  { agentId: 'a1', percent: 50 },
  { agentId: 'a2', percent: 50 },
];
const thirds: readonly SaleShare[] = [
  { agentId: 'a1', percent: 33.33 },
  { agentId: 'a2', percent: 33.33 },
  { agentId: 'a3', percent: 33.34 },
];
const c = line('C', { unitPrice: 8.01, unitCost: 5 });
const a = line('A', { quantity: 2, unitPrice: 3.5, unitCost: 1 });

function salesBy(entries: readonly BookEntry[], options: Partial<SalesReportOptions> = {}) {
  const span = { fromDay: dayOfText('2026-05-01'), toDay: dayOfText('2026-05-01') };
  const sales = new ComparedSales({ selection: span, calendar: CALENDAR, by: 'day', ...options });
  for (const basket of filledBook(entries).outcomes())
    for (const { tally } of sales.tallies) tally.add(basket);
  return sales.report(dayOfText('2027-01-01'));
}

/** A basket in which C was accepted and paid. */
function sold(name: string, changes: Parameters<typeof sale>[2] = {}, customer?: string): BookEntry[] {
  const ids = { decisionId: `d-${name}`, basketId: name };
  return [
    decisionAt(0, { ...ids, agentId: 'a9', ...(customer !== undefined && { customer }) }),
    outcome(`o-${name}`, 'accepted', { decisionId: `d-${name}` }),
    sale(`s-${name}`, [a, c], { basketId: name, agentId: 'a1', ...changes }),
  ];
}

/** Who is paid for each up-sell. */
function paidAgents(entries: readonly BookEntry[]) {
  return [...filledBook(entries).acceptances()].flatMap(upsellsOf).map(({ agents }) => agents);
}

describe('a sale that states a split', () => {
  test('counts for each of its agents in that part, to the cent', () => {
    const { rows, total } = salesBy([...sold('b1', { split: half }), ...sold('b2')], { split: 'agent' });
    expect(rows).toMatchObject([
      {
        part: 'a1',
        ...{ baskets: 1.5, transactions: 1.5, items: 4.5, transactionsAttached: 1.5, accepted: 1.5 },
        // 15.01 of its own, and 7.51 of 15.01: the odd cent goes to who is named first.
        money: [{ transactions: 1.5, revenue: 22.52, upsellRevenue: 12.02, upsellMargin: 4.52 }],
      },
      {
        part: 'a2',
        ...{ baskets: 0.5, transactions: 0.5, items: 1.5, transactionsAttached: 0.5, accepted: 0.5 },
        money: [{ transactions: 0.5, revenue: 7.5, upsellRevenue: 4, upsellMargin: 1.5 }],
      },
    ]);
    expect(total).toMatchObject({
      baskets: 2,
      transactions: 2,
      money: [{ transactions: 2, revenue: 30.02 }],
    });
  });

  test('takes back what is refunded in the same parts', () => {
    const back = refund('r1', [c], { basketId: 'b1' });
    const { rows } = salesBy([...sold('b1', { split: half }), back], { split: 'agent' });
    expect(rows.map(({ part, money }) => [part, money[0]!.refunded, money[0]!.upsellRevenue])).toEqual([
      ['a1', 4.01, 0],
      ['a2', 4, 0],
    ]);
  });

  test('is of the agents of the first receipt that states one, whatever came first', () => {
    const later = sale('s9', [c], { basketId: 'b1', at: minute(9), split: thirds });
    const last = sale('s0', [c], { basketId: 'b1', at: minute(11), split: half });
    for (const receipts of [
      [later, last],
      [last, later],
    ]) {
      const { rows } = salesBy([...receipts, ...sold('b1')], { split: 'agent' });
      expect(rows.map(({ part, transactions }) => [part, transactions])).toEqual([
        ['a1', 0.3333],
        ['a2', 0.3333],
        ['a3', 0.3334],
      ]);
    }
  });

  test.each([
    ['of another store', { storeId: 's9', at: minute(9) }],
    ['of more than a day later', { at: minute(6 + 24 * 60) }],
  ])(
    'whose basket id is on an earlier receipt %s moves nothing of that one, whichever came first',
    (_, more) => {
      const again = sale('s0', [c], { basketId: 'b1', agentId: 'a3', split: thirds, ...more });
      for (const entries of [
        [...sold('b1'), again],
        [again, ...sold('b1')],
      ]) {
        const { rows } = salesBy(entries, { split: 'agent' });
        expect(rows.map(({ part, transactions }) => [part, transactions])).toEqual([['a1', 1]]);
        expect(paidAgents(entries)).toEqual([[{ agentId: 'a1', basisPoints: 10_000 }]]);
      }
    },
  );

  test('with one agent is that agent’s alone', () => {
    const only = [{ agentId: 'a3', percent: 100 }];
    const { rows } = salesBy(sold('b1', { split: only }), { split: 'agent' });
    expect(rows).toMatchObject([{ part: 'a3', transactions: 1, money: [{ revenue: 15.01 }] }]);
  });

  test('is in the report of each of its agents, in that part, and whole in that of the store', () => {
    const entries = sold('b1', { split: half });
    const span = { fromDay: dayOfText('2026-05-01'), toDay: dayOfText('2026-05-01') };
    const of = (selection: object) => salesBy(entries, { selection: { ...span, ...selection } }).total;
    expect(of({ agentId: 'a2' })).toMatchObject({ transactions: 0.5, money: [{ revenue: 7.5 }] });
    expect(of({ storeId: 's1' })).toMatchObject({ transactions: 1, money: [{ revenue: 15.01 }] });
    expect(of({ agentId: 'a9' }).baskets).toBe(0);
  });

  test('gives the same total, and rows that add up to it, however it is split', () => {
    const shares = fc.constantFrom(undefined, half, thirds, [{ agentId: 'a2', percent: 100 }]);
    const visit = fc.record({ split: shares, at: fc.constantFrom(minute(1), minute(7)) });
    fc.assert(
      fc.property(fc.array(visit, { minLength: 1, maxLength: 40 }), (visits) => {
        const entries = visits.flatMap(({ split, at }, n) => sold(`b${n}`, { at, ...(split && { split }) }));
        const unshared = visits.flatMap(({ at }, n) => sold(`b${n}`, { at }));
        const { rows, total } = salesBy(entries, { split: 'agent' });
        expect(total).toEqual(salesBy(unshared).total);
        const sum = (figure: (row: SalesRow) => number) =>
          Math.round(rows.reduce((all, row) => all + figure(row), 0) * 1e4) / 1e4;
        expect(sum(({ transactions }) => transactions)).toBe(total.transactions);
        expect(sum(({ items }) => items)).toBe(total.items);
        expect(sum(({ money }) => money[0]!.revenue)).toBe(total.money[0]!.revenue);
        expect(sum(({ money }) => money[0]!.upsellMargin!)).toBe(total.money[0]!.upsellMargin);
      }),
    );
  });
});

describe('in a contest a shared sale', () => {
  const solo = (...ids: string[]) => ids.map((id) => ({ id, agentIds: [id] }));
  const standings = (
    entries: readonly BookEntry[],
    changes: Pick<ContestRules, 'teams'> & Partial<ContestRules>,
  ) => standingsOf(filledBook(entries), { ...CONTEST_RULES, ...changes }, CALENDAR);

  test('counts for each agent in part, and names that part in the evidence', () => {
    const entries = [...sold('b1', { split: half }), ...sold('b2')];
    const { standings: counted, evidence } = standings(entries, {
      metric: 'upsellRevenue',
      teams: solo('a1', 'a2'),
    });
    expect(counted.standings).toMatchObject([
      { teamId: 'a1', numerator: 1202, transactions: 1.5 },
      { teamId: 'a2', numerator: 400, transactions: 0.5 },
    ]);
    expect(evidence).toMatchObject([
      { agentId: 'a1', basisPoints: 5000, items: 1.5, upsellMinor: 401, basketIds: ['b1'] },
      { agentId: 'a2', basisPoints: 5000, items: 1.5, upsellMinor: 400, basketIds: ['b1'] },
      { agentId: 'a1', basisPoints: 10000, items: 3, upsellMinor: 801, basketIds: ['b2'] },
    ]);
  });

  test('is one transaction of a team that has both agents', () => {
    const teams = [{ id: 'both', agentIds: ['a1', 'a2'] }];
    for (const metric of ['attachRate', 'itemsPerTransaction', 'upsellMargin'] as const) {
      const { standings: counted } = standings(sold('b1', { split: half }), { metric, teams });
      expect(counted.standings[0]!.transactions).toBe(1);
      expect(counted.standings[0]!.score).toBe(
        { attachRate: 1, itemsPerTransaction: 3, upsellMargin: 150.5 }[metric],
      );
    }
  });

  test('ties exactly with the same made of other parts', () => {
    const entries = ['b1', 'b2', 'b3'].flatMap((name, n) =>
      sold(name, {
        split: ['a1', 'a2', 'a3'].map((agentId, at) => ({ agentId, percent: at === n ? 33.34 : 33.33 })),
      }),
    );
    const { standings: counted } = standings(entries, {
      metric: 'itemsPerTransaction',
      teams: solo('a1', 'a2', 'a3'),
    });
    expect(counted.standings.map(({ rank, transactions }) => [rank, transactions])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  });

  test('gives nobody more than the stated part, whatever else the agent sold to the customer', () => {
    const small = [
      { agentId: 'a1', percent: 1 },
      { agentId: 'a2', percent: 99 },
    ];
    const declined = [
      decisionAt(0, { decisionId: 'd-b1', basketId: 'b1', customer: 'anna' }),
      outcome('o-b1', 'declined', { decisionId: 'd-b1' }),
      sale('s-b1', [a], { basketId: 'b1', agentId: 'a1' }),
    ];
    const entries = [...declined, ...sold('b2', { split: small, at: minute(9) }, 'anna')];
    const { standings: counted } = standings(entries, {
      metric: 'attachRate',
      teams: solo('a1', 'a2'),
      minimumBaskets: 0,
    });
    expect(counted.standings).toMatchObject([
      { teamId: 'a2', numerator: 0.99, denominator: 0.99 },
      { teamId: 'a1', numerator: 0.01, denominator: 1.01 },
    ]);
  });

  test('scores equally with others of the same rank, to the last digit', () => {
    const part = { percent: 33.33 };
    const entries = ['b1', 'b2', 'b3', 'b4', 'b5'].flatMap((name) => [
      ...sold(name, {
        split: [
          { agentId: 'a1', ...part },
          { agentId: 'a3', percent: 66.67 },
        ],
      }),
      ...sold(`x${name}`, { agentId: 'a2' }),
    ]);
    const { standings: counted } = standings(entries, {
      metric: 'itemsPerTransaction',
      teams: solo('a1', 'a2'),
    });
    const [one, other] = counted.standings;
    expect([one!.rank, one!.score]).toEqual([other!.rank, other!.score]);
  });

  test('counts for nobody when one of its agents is the customer', () => {
    const { standings: counted } = standings(sold('b1', { split: half }, 'self'), {
      teams: solo('a1', 'a2'),
      ownCustomers: [{ agentId: 'a2', customer: 'self' }],
    });
    expect(counted.leftOut).toEqual({ ownBaskets: 1, returned: 0, merged: 0 });
    expect(counted.standings.map(({ transactions }) => transactions)).toEqual([0, 0]);
  });

  test('is left out once when it came back, however many agents it had', () => {
    const back = refund('r1', [a, c], { basketId: 'b1' });
    const { standings: counted } = standings([...sold('b1', { split: thirds }), back], {
      teams: solo('a1', 'a2', 'a3'),
    });
    expect(counted.leftOut.returned).toBe(1);
  });
});

describe('among records', () => {
  test.each([undefined, 'anna'])('a shared sale counts in part (customer %s)', (customer) => {
    const entries = [...sold('b1', { split: half }, customer), ...sold('b2', { agentId: 'a2' })];
    const { byAgent } = bestsOf(filledBook(entries), CALENDAR, NOW_MS);
    expect(byAgent.get('a1')!.day.now).toMatchObject({ transactions: 0.5, upsell: [{ revenueMinor: 401 }] });
    expect(byAgent.get('a2')!.day.best).toMatchObject({
      transactions: { value: 1.5 },
      upsell: [{ value: 1201 }],
    });
  });

  test('what one of its agents bought counts for none of them', () => {
    const entries = sold('b1', { split: half }, 'self');
    const { byAgent } = bestsOf(filledBook(entries), CALENDAR, NOW_MS, [{ agentId: 'a2', customer: 'self' }]);
    for (const agentId of ['a1', 'a2']) expect(byAgent.get(agentId)!.day.now.transactions).toBe(0);
  });
});
