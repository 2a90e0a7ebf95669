import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { readPlans } from '../../src/gateway/plan-schema.ts';
import { reportHere } from '../../src/gateway/reporter.ts';
import { readOpenPay } from '../../src/gateway/run-commission.ts';
import { zoneCalendar } from '../../src/gateway/zone-calendar.ts';
import { AverageSpendSums } from '../../src/ledger/average-spend.ts';
import type { BasketBook } from '../../src/ledger/basket-book.ts';
import { placeOf } from '../../src/ledger/basket-place.ts';
import { businessDay } from '../../src/ledger/business-calendar.ts';
import type { Contest } from '../../src/ledger/contest.ts';
import { resultOf } from '../../src/ledger/contest-result.ts';
import { CustomerBook, type CustomerReceipt } from '../../src/ledger/customer-book.ts';
import { profileOf, visitsOf } from '../../src/ledger/customer-profile.ts';
import { bookOf } from '../../src/ledger/folded-basket.ts';
import type { GoodsSold } from '../../src/ledger/goods-sold.ts';
import { HomeStores } from '../../src/ledger/home-stores.ts';
import { dayOfText } from '../../src/ledger/instant.ts';
import { columnsOf } from '../support/columns-of.ts';
import { bestsOf, standingsOf } from '../support/counted-ledger.ts';
import { makePath, NOW_MS, openFolder, TENANT, write } from '../support/kept-and-folded.ts';
import { decisionRecord, outcomeEvent, saleEvent } from '../support/ledger-events.ts';
import { payBook } from '../support/pay-ledger.ts';
import { anyLedger, type LedgerEntry } from '../support/random-ledger.ts';

const CATEGORIES = new Map([['A', 'Food/Bread']]);
const TIME_ZONE = 'Europe/Amsterdam';
const CALENDAR = zoneCalendar(TIME_ZONE, 4);
const PLANS = [
  {
    id: 'plan',
    from: '2026-01',
    currency: 'EUR',
    rates: [
      { of: 'margin' as const, percent: 40, category: 'Food' },
      { of: 'revenue' as const, percent: 10 },
    ],
  },
];
const PERIOD = '2026-05';
const CUSTOMERS = ['anna', 'ben', 'cleo', 'nobody'];
const OWN_CUSTOMERS = [{ agentId: 'a1', customer: 'anna' }];
const GOODS = {
  timeZone: TIME_ZONE,
  dayEnds: 4,
  storeId: 's1',
  fromDay: dayOfText('2026-05-01'),
  toDay: dayOfText('2026-05-01'),
};
const CONTEST: Contest = {
  id: 'c',
  version: 1,
  name: 'May',
  budgetMinor: 0,
  wishes: [],
  ballots: [],
  rules: {
    metric: 'upsellRevenue',
    currency: 'EUR',
    from: '2026-05-01',
    to: '2026-05-01',
    timeZone: TIME_ZONE,
    dayEnds: 4,
    minimumBaskets: 1,
    handicap: 'none',
    splitMinutes: 90,
    teams: [{ id: 'a1', agentIds: ['a1'] }],
    returnDays: 0,
    ownCustomers: OWN_CUSTOMERS,
  },
};

const upsold = fc.record({
  basket: fc.integer({ min: 0, max: 5 }),
  hour: fc.integer({ min: 0, max: 40 }),
  productId: fc.constantFrom('A', 'B'),
  agentId: fc.constantFrom('a1', 'a2'),
  result: fc.constantFrom('accepted' as const, 'accepted' as const, 'declined' as const),
  returned: fc.constantFrom(0, 0, 1, 2),
});

/** Offers that were said, answered and mostly paid, some of them brought back, among anything else, in any order. */
const upsoldLedger = fc
  .tuple(anyLedger, fc.array(upsold, { minLength: 1, maxLength: 6 }))
  .chain(([any, sold]) => {
    const all = [...any, ...sold.flatMap(entriesOf)];
    return fc.shuffledSubarray(all, { minLength: all.length });
  });

function entriesOf(
  {
    basket,
    hour,
    productId,
    agentId,
    result,
    returned,
  }: typeof upsold extends fc.Arbitrary<infer T> ? T : never,
  n: number,
): LedgerEntry[] {
  const atMs = Date.UTC(2026, 4, 1, hour);
  const at = new Date(atMs).toISOString();
  const basketId = `b${basket}`;
  const line = { productId, quantity: 2, unitPrice: 3.5, unitCost: 1.1 };
  const refund = {
    type: 'refund' as const,
    id: `u-r${n}`,
    basketId,
    at,
    currency: 'EUR',
    lines: [{ productId, quantity: returned, unitPrice: 3.5 }],
  };
  return [
    { decision: decisionRecord(`u-d${n}`, { basketId, atMs, agentId, suggestions: [productId] }) },
    { event: outcomeEvent(`u-o${n}`, { decisionId: `u-d${n}`, basketId, productId, result, at }) },
    { event: saleEvent(`u-s${n}`, { basketId, agentId, at, lines: [line] }) },
    ...(returned > 0 ? [{ event: refund }] : []),
  ];
}

test('pay, standings, records, goods sold and customers equal those of the whole ledger, in any order', async () => {
  const seen = { entries: 0, transactions: 0, records: 0, goods: 0, customers: 0 };
  await fc.assert(
    fc.asyncProperty(upsoldLedger, fc.constantFrom(3, 100), async (entries, stepRows) => {
      const folder = openFolder(makePath(), { outcomes: { stepRows } });
      await write(folder, entries);
      const kept = await keptReports(folder);
      expect(kept).toEqual(wholeReports(folder));
      seen.entries += kept.statements.flatMap((statement) => statement.entries).length;
      seen.transactions += kept.standings.evidence.length;
      seen.records += kept.byAgent.size;
      seen.goods += kept.goods.length;
      seen.customers += kept.customers.filter((profile) => profile !== undefined).length;
      await folder.close();
    }),
    { numRuns: 60 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
}, 120_000);

/** Of one store, by whole outcomes. */
function goodsOf(book: BasketBook): GoodsSold[] {
  const sums = new Map<string, GoodsSold>();
  for (const { sold, money } of book.outcomes()) {
    if (sold?.storeId !== GOODS.storeId) continue;
    const day = businessDay(CALENDAR, sold.atMs);
    if (day < GOODS.fromDay || day > GOODS.toDay) continue;
    for (const { currency, revenueMinor, costedRevenueMinor, costMinor } of money) {
      const key = `${day} ${currency}`;
      const before = sums.get(key) ?? { revenueMinor: 0, costedRevenueMinor: 0, costMinor: 0 };
      sums.set(key, {
        storeId: sold.storeId,
        day,
        currency,
        revenueMinor: before.revenueMinor + revenueMinor,
        costedRevenueMinor: before.costedRevenueMinor + costedRevenueMinor,
        costMinor: before.costMinor + costMinor,
      });
    }
  }
  return inOrder([...sums.values()]);
}

function inOrder(goods: readonly GoodsSold[]): GoodsSold[] {
  return [...goods].sort((a, b) => a.day - b.day || (a.currency < b.currency ? -1 : 1));
}

/** By all receipts, and by those of one store. */
function customersOf(ledger: BasketBook) {
  const book = new CustomerBook();
  for (const outcome of ledger.outcomes()) book.add(outcome);
  const averages = new AverageSpendSums();
  averages.add(columnsOf(ledger));
  const averageSpend = averages.averages();
  const today = businessDay(CALENDAR, NOW_MS);
  const profiles = (isCounted: (receipt: CustomerReceipt) => boolean) =>
    CUSTOMERS.map((customer) => {
      const receipts = book.receiptsOf(customer).filter(isCounted);
      if (receipts.length === 0) return undefined;
      return profileOf(visitsOf(receipts, CALENDAR), today, averageSpend);
    });
  return {
    averageSpend,
    customers: profiles(() => true),
    inStore: profiles(({ storeId }) => storeId === 's1'),
  };
}

async function keptReports(folder: DataFolder) {
  const document = { timeZone: TIME_ZONE, dayEnds: 4, plans: PLANS };
  await folder.commissions.replacePlans(TENANT, document, undefined);
  const about = { tenant: TENANT, nowMs: NOW_MS, categories: CATEGORIES, pause: async () => {} };
  const reporter = reportHere(folder);
  const source = { ...about, outcomes: folder.outcomes(), commissions: folder.commissions };
  const { pay, firstEarned } = await readOpenPay(source, { period: PERIOD });
  expect(await reporter.make('pay', { period: PERIOD }, about)).toEqual(pay);
  const question = { query: { tz: TIME_ZONE, dayEnds: 4 }, ownCustomers: OWN_CUSTOMERS };
  const { byAgent, none, storeOf } = await reporter.make('bests', question, about);
  const standings = await reporter.make('standings', { contest: CONTEST, withEvidence: true }, about);
  const own = await reporter.make('pay', { period: PERIOD, agentId: 'a1' }, about);
  expect(own.statements).toEqual(pay.statements.filter(({ agentId }) => agentId === 'a1'));
  const bare = await reporter.make('standings', { contest: CONTEST, withEvidence: false }, about);
  expect(bare).toEqual({ ...standings, evidence: [] });
  const goods = inOrder(await reporter.make('goodsSold', GOODS, about));
  const averageSpend = await reporter.make('averageSpend', undefined, about);
  const asked = { customers: CUSTOMERS, timeZone: TIME_ZONE, dayEnds: 4, averageSpend };
  const customers = await reporter.make('lookUp', asked, about);
  const inStore = await reporter.make('lookUp', { ...asked, storeIds: ['s1'] }, about);
  return {
    statements: pay.statements,
    unpaid: pay.unpaid,
    firstEarned,
    standings,
    byAgent,
    none,
    storeOf,
    goods,
    averageSpend,
    customers,
    inStore,
  };
}

function wholeReports({ events }: DataFolder) {
  const decisions = [...events.decisions(TENANT)];
  const stored = [...events.events(TENANT)];
  const terms = { plans: readPlans(PLANS), calendar: CALENDAR };
  const pay = payBook([...decisions, ...stored], { ...terms, categoryOf: (id) => CATEGORIES.get(id) });
  const book = bookOf(decisions, stored);
  const homes = new HomeStores();
  for (const outcome of book.outcomes()) {
    const { storeId, agentId } = placeOf(outcome);
    const parts = outcome.sold?.shares ?? [{ agentId, basisPoints: 10_000 }];
    for (const { agentId, basisPoints } of outcome.sold ? parts : [])
      homes.add('', { storeId, agentId }, basisPoints / 10_000);
  }
  const { standings, evidence } = standingsOf(book, CONTEST.rules, CALENDAR);
  const { byAgent, none } = bestsOf(book, CALENDAR, NOW_MS, OWN_CUSTOMERS);
  return {
    statements: pay.statements(PERIOD),
    unpaid: pay.unpaid(PERIOD),
    firstEarned: pay.firstEarned(),
    standings: resultOf(CONTEST, standings, evidence),
    byAgent,
    none,
    goods: goodsOf(book),
    ...customersOf(book),
    storeOf: new Map([...byAgent.keys()].map((agentId) => [agentId, homes.of(agentId, '')])),
  };
}
