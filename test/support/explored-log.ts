import type { DecisionRecord } from '../../src/ledger/decision.ts';
import type { LedgerEvent } from '../../src/ledger/events.ts';
import { chooseSlate, inclusionProbabilities } from '../../src/recommender/choose-slate.ts';
import { verdictCode } from '../../src/recommender/verdict.ts';
import { seededRandom } from '../../src/training/random.ts';
import { decisionRecord, outcomeEvent, saleEvent } from './ledger-events.ts';

const SHARE = 0.2;
const AT_MS = Date.parse('2026-05-01T08:00:00Z');

/** Candidates of a decision where β decides: B is worth more and less likely. Vref is 1. */
const CONTESTED = [
  { productId: 'A', probability: 0.3125, unitValue: 1, expectedValue: 0.3125 },
  { productId: 'B', probability: 0.25, unitValue: 1.5, expectedValue: 0.25 * Math.sqrt(1.5) },
];
const PRICES = { A: 5, B: 8 } as const;
/** Chance that each is accepted; each accepted A earns 3 EUR, each B 4 EUR. */
const ACCEPTANCE = { A: 0.2, B: 0.25 } as const;
const COSTS = { A: 2, B: 4 } as const;

/** How likely each of the contested was to be shown. */
const LOGGED = contestedChances();

/** What β = 1 earns more than β = 0.5, in EUR per 100 decisions. */
export function trueDifference(): number {
  const earned = (id: 'A' | 'B') => ACCEPTANCE[id] * (PRICES[id] - COSTS[id]);
  return 100 * 0.3 * (LOGGED[0]! - LOGGED[1]!) * (earned('B') - earned('A'));
}

/** Decisions of one place with their outcomes and receipts: in three of ten another β would have chosen otherwise. */
export function exploredLog(count: number, seed: number) {
  const random = seededRandom(seed);
  const decisions: DecisionRecord[] = [];
  const events: LedgerEvent[] = [];
  for (let i = 0; i < count; i++) {
    const decision = i % 10 < 3 ? contested(i, random()) : certain(i, random());
    decisions.push(decision);
    const productId = decision.suggestions[0] as 'A' | 'B';
    if (random() < ACCEPTANCE[productId]) events.push(...bought(decision, productId));
  }
  return { decisions, events };
}

function contestedChances() {
  const columns = {
    items: Int32Array.of(0, 1),
    probability: Float32Array.from(CONTESTED, ({ probability }) => probability),
    expected: Float64Array.from(CONTESTED, ({ expectedValue }) => expectedValue),
    verdict: new Uint8Array(2).fill(verdictCode('outranked')),
  };
  const exploration = { share: SHARE, draw: 1 };
  const question = { substituteGroup: new Int32Array(2).fill(-1), limit: 1, pinned: [], exploration };
  return inclusionProbabilities(chooseSlate({ ...question, objective: 'value' }, columns, 2), 2);
}

function contested(i: number, draw: number): DecisionRecord {
  const shown = draw < LOGGED[1]! ? 1 : 0;
  const candidates = CONTESTED.map((candidate, at) => ({
    ...candidate,
    verdict: at === shown ? 'suggested' : 'outranked',
    inclusion: LOGGED[at]!,
  }));
  return decided(i, draw, candidates, shown === 1 ? 'B' : null);
}

function certain(i: number, draw: number): DecisionRecord {
  return decided(i, draw, [{ ...CONTESTED[0]!, verdict: 'suggested', inclusion: 1 }], null);
}

function decided(
  i: number,
  draw: number,
  candidates: DecisionRecord['candidates'],
  explored: string | null,
): DecisionRecord {
  return decisionRecord(`d${String(i).padStart(6, '0')}`, {
    tenant: 'default',
    basketId: `b${i}`,
    atMs: AT_MS + i,
    candidates,
    suggestions: [explored ?? 'A'],
    slate: {
      limit: 1,
      pinned: 0,
      valueWeight: 0.5,
      expectedValueMin: 0.005,
      referenceValue: 1,
      exploration: { share: SHARE, draw, explored },
    },
  });
}

function bought({ decisionId, basketId }: DecisionRecord, productId: 'A' | 'B'): LedgerEvent[] {
  const at = '2026-05-01T10:00:00+00:00';
  const lines = [{ productId, quantity: 1, unitPrice: PRICES[productId], unitCost: COSTS[productId] }];
  return [
    outcomeEvent(`o-${basketId}`, { at, basketId, decisionId, productId }),
    saleEvent(`s-${basketId}`, { at, basketId, lines }),
  ];
}
