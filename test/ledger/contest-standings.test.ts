import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Contest, ContestRules } from '../../src/ledger/contest.ts';
import { chooseReward, type EvidenceSale } from '../../src/ledger/contest-result.ts';
import type { Standings } from '../../src/ledger/contest-standings.ts';
import { CONTEST_RULES } from '../support/contest-rules.ts';
import { standingsOf } from '../support/counted-ledger.ts';
import { type BookEntry, filledBook } from '../support/filled-book.ts';
import { decisionAt, line, minute, outcome, refund, sale } from '../support/recorded-events.ts';

const solo = (...ids: string[]) => ids.map((id) => ({ id, agentIds: [id] }));
const RULES: ContestRules = { ...CONTEST_RULES, teams: solo('a1', 'a2') };

function standings(
  entries: readonly BookEntry[],
  rules: Partial<ContestRules> = {},
): Standings & { evidence: EvidenceSale[] } {
  const book = filledBook(entries);
  const own = { ...RULES, ...rules };
  const { standings, evidence } = standingsOf(book, own, { offsetMs: () => 0, dayEndsAtHour: own.dayEnds });
  return { ...standings, evidence };
}

interface Visit {
  said?: 'accepted' | 'declined';
  /** Sold with the suggested product; with another one alone when false. */
  withC?: boolean;
  returned?: boolean;
  customer?: string;
  store?: string;
  agentId?: string;
  at?: string;
  price?: number;
}

let visits = 0;
/** A paid basket; C, where it is sold, is the suggested product. */
function visit(changes: Visit = {}): BookEntry[] {
  const {
    said = 'accepted',
    withC = said === 'accepted',
    agentId = 'a1',
    store = 's1',
    at = minute(5),
  } = changes;
  const name = String(visits++).padStart(4, '0');
  const c = line('C', { unitPrice: changes.price ?? 8, unitCost: 5 });
  const [basketId, decisionId] = [`b${name}`, `d${name}`];
  const customer = changes.customer === undefined ? {} : { customer: changes.customer };
  return [
    decisionAt(0, { decisionId, basketId, ...customer }),
    outcome(`o${name}`, said, { decisionId }),
    sale(`s${name}`, [line('A', { unitPrice: 3 }), ...(withC ? [c] : [])], {
      basketId,
      agentId,
      storeId: store,
      at,
    }),
    ...(changes.returned ? [refund(`r${name}`, [c], { basketId })] : []),
  ];
}
const repeat = (count: number, make: () => BookEntry[]) => Array.from({ length: count }, make).flat();
const board = ({ standings: list }: Standings) =>
  list.map(({ teamId, rank, score }) => [teamId, rank, score]);

describe('a score', () => {
  test('is the attach rate over the transactions in which something was shown', () => {
    const said = decisionAt(9, { basketId: 'plain' });
    const unasked = sale('plain', [line('A', { unitPrice: 1 })], { basketId: 'plain', agentId: 'a1' });
    const entries = [...visit(), ...visit({ said: 'declined' }), said, unasked, ...visit({ agentId: 'a2' })];
    expect(board(standings(entries))).toEqual([
      ['a2', 1, 1],
      ['a1', 2, 0.5],
    ]);
  });

  test.each<[ContestRules['metric'], number]>([
    ['upsellRevenue', 800],
    ['upsellMargin', 300],
    ['itemsPerTransaction', 1.5],
  ])('is the %s', (metric, score) => {
    const entries = [...visit(), ...visit({ said: 'declined' })];
    expect(board(standings(entries, { metric }))[0]).toEqual(['a1', 1, score]);
  });

  test('of a team is of all its members, money for each of them', () => {
    const teams = [{ id: 'red', agentIds: ['a1', 'a2'] }, ...solo('a3')];
    const entries = [...visit(), ...visit({ agentId: 'a2', said: 'declined' }), ...visit({ agentId: 'a3' })];
    expect(board(standings(entries, { metric: 'upsellRevenue', teams }))).toEqual([
      ['a3', 1, 800],
      ['red', 2, 400],
    ]);
  });

  test('counts the days and stores of the contest, by business day, and nobody else', () => {
    const entries = [
      ...visit({ at: '2026-05-01T03:59:00Z' }),
      ...visit({ at: '2026-06-01T03:59:00Z' }),
      ...visit({ at: '2026-06-01T04:00:00Z' }),
      ...visit({ store: 's2' }),
      ...visit({ agentId: 'a9' }),
    ];
    const { evidence } = standings(entries, { storeIds: ['s1'] });
    expect(evidence.map(({ basketIds }) => basketIds)).toEqual([[expect.any(String)]]);
  });
});

describe('what does not count', () => {
  test.each<[string, Visit]>([
    ['accepted and not paid', { said: 'accepted', withC: false }],
    ['bought and returned', { returned: true }],
    ['bought without a word', { said: 'declined', withC: true }],
  ])('is what was %s', (_, changes) => {
    expect(board(standings(visit(changes)))[0]).toEqual(['a1', 1, 0]);
    expect(board(standings(visit(changes), { metric: 'upsellRevenue' }))[0]).toEqual(['a1', 1, 0]);
  });

  test('is a receipt that came back whole', () => {
    const name = String(visits).padStart(4, '0');
    const all = refund('all', [line('A', { unitPrice: 3 }), line('C', { unitPrice: 8 })], {
      basketId: `b${name}`,
    });
    const { leftOut, evidence } = standings([...visit(), all]);
    expect([leftOut.returned, evidence]).toEqual([1, []]);
  });

  test('is what agents sell to themselves, but what they sell to another agent counts', () => {
    const ownCustomers = [{ agentId: 'a1', customer: 'me' }];
    const entries = [...visit({ customer: 'me' }), ...visit({ customer: 'me', agentId: 'a2' })];
    const result = standings(entries, { ownCustomers });
    expect([result.leftOut.ownBaskets, result.evidence.map(({ agentId }) => agentId)]).toEqual([1, ['a2']]);
  });

  test('is a split basket: receipts of one customer in quick succession count as one', () => {
    const at = [5, 30, 61, 92].map(minute);
    const entries = at.flatMap((time) => visit({ customer: 'anna', at: time }));
    const { evidence, leftOut } = standings(entries);
    expect(evidence.map(({ basketIds, items }) => [basketIds.length, items])).toEqual([
      [2, 4],
      [1, 2],
      [1, 2],
    ]);
    expect(leftOut.merged).toBe(1);
    expect(standings(at.flatMap((time) => visit({ at: time }))).evidence).toHaveLength(4);
  });
});

describe('the ranks', () => {
  test('are shared by equal scores, also where their fractions look different', () => {
    const entries = [
      ...visit(),
      ...visit({ said: 'declined' }),
      ...repeat(3, () => visit({ agentId: 'a2' })),
      ...repeat(3, () => visit({ agentId: 'a2', said: 'declined' })),
      ...visit({ agentId: 'a3', said: 'declined' }),
    ];
    expect(board(standings(entries, { teams: solo('a3', 'a2', 'a1') }))).toEqual([
      ['a1', 1, 0.5],
      ['a2', 1, 0.5],
      ['a3', 3, 0],
    ]);
  });

  test('leave out participants with too few transactions, or none', () => {
    const entries = [...visit(), ...repeat(2, () => visit({ agentId: 'a2', said: 'declined' }))];
    const rules = { minimumBaskets: 2, teams: solo('a1', 'a2', 'a3') };
    expect(board(standings(entries, rules))).toEqual([
      ['a2', 1, 0],
      ['a1', null, 1],
      ['a3', null, null],
    ]);
  });

  test('weigh money by the traffic of the store, within bounds', () => {
    const busy = [...visit(), ...repeat(5, () => visit({ said: 'declined' }))];
    const quiet = [
      ...visit({ agentId: 'a2', store: 's2', price: 7 }),
      ...visit({ agentId: 'a2', store: 's2', said: 'declined' }),
    ];
    const plain = { metric: 'upsellRevenue' } as const;
    expect(board(standings([...busy, ...quiet], plain)).map(([id]) => id)).toEqual(['a1', 'a2']);
    const handicapped = standings([...busy, ...quiet], { ...plain, handicap: 'store-traffic' });
    expect(handicapped.storeFactors).toEqual([
      { storeId: 's1', factor: 4 / 6 },
      { storeId: 's2', factor: 2 },
    ]);
    expect(board(handicapped)).toEqual([
      ['a2', 1, 1400],
      ['a1', 2, 533],
    ]);
  });

  test('are the same in whatever order receipts come', () => {
    const anyVisits = fc.array(
      fc.record({
        agentId: fc.constantFrom('a1', 'a2'),
        said: fc.constantFrom('accepted' as const, 'declined' as const),
        store: fc.constantFrom('s1', 's2'),
        customer: fc.constantFrom('anna', 'bert'),
        returned: fc.boolean(),
        at: fc.integer({ min: 0, max: 200 }).map(minute),
      }),
      { maxLength: 12 },
    );
    const shuffled = anyVisits
      .map((list) => list.flatMap(visit))
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    const rules = { metric: 'upsellMargin', handicap: 'store-traffic' } as const;
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        expect(standings(other, rules)).toEqual(standings(one, rules));
      }),
    );
  });
});

describe('the reward', () => {
  const wish = (id: string, costMinor: number) => ({ id, agentId: 'a1', text: id, costMinor });
  const contest: Contest = {
    id: 'c',
    version: 1,
    name: 'May',
    rules: RULES,
    budgetMinor: 10_000,
    wishes: [wish('cake', 4000), wish('day-off', 10_000), wish('cinema', 3000)],
    ballots: [
      { agentId: 'a1', ranking: ['day-off', 'cinema'] },
      { agentId: 'a2', ranking: ['day-off', 'cake'] },
      { agentId: 'a3', ranking: ['cinema', 'cake'] },
    ],
  };
  const won = [...visit()];

  test('is the wish that the ballots choose', () => {
    expect(chooseReward(contest, standings(won).standings)).toMatchObject({
      winners: ['a1'],
      wish: { id: 'day-off' },
    });
  });

  test('is one that the budget covers for every winner', () => {
    const tied = standings([...won, ...visit({ agentId: 'a2' })]).standings;
    expect(chooseReward(contest, tied)).toMatchObject({ winners: ['a1', 'a2'], wish: { id: 'cinema' } });
  });

  test('is none without a winner', () => {
    expect(chooseReward(contest, standings([]).standings)).toMatchObject({ winners: [], wish: undefined });
  });
});
