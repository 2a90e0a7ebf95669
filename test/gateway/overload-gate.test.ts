import { describe, expect, test } from 'vitest';
import { OverloadGate } from '../../src/gateway/overload-gate.ts';

/** Milliseconds of the processor, as bench/README.md has them: an answer that is not cached, and a refusal. */
const ANSWER_MS = 0.6;
const REFUSAL_MS = 0.035;

interface Span {
  readonly untilMs: number;
  /** Offered requests a millisecond. */
  readonly perMs: number;
}

/** One thread, as Node runs it: each turn takes what had arrived when it began, then what was put off to its end. */
function simulate(spans: readonly Span[], blockedMs: ReadonlyMap<number, number> = new Map()) {
  let now = 0;
  let pending: (() => void)[] = [];
  const gate = new OverloadGate({ ticks: () => now, afterTurn: (callback) => pending.push(callback) });
  const arrivals: number[] = [];
  for (let at = 0, span = 0; span < spans.length; ) {
    arrivals.push(at);
    at += 1 / spans[span]!.perMs;
    if (at >= spans[span]!.untilMs) span++;
  }
  const answered: { at: number; waitedMs: number }[] = [];
  const refused: { at: number; waitedMs: number }[] = [];
  const blocks = new Map(blockedMs);
  for (let next = 0; next < arrivals.length; ) {
    for (const [at, ms] of blocks) {
      if (at > now) continue;
      blocks.delete(at);
      gate.admits();
      now += ms;
      // The next one falls into the next turn.
      break;
    }
    if (arrivals[next]! > now && pending.length === 0) now = arrivals[next]!;
    let taken = next;
    while (taken < arrivals.length && arrivals[taken]! <= now) taken++;
    for (; next < taken; next++) {
      const isAdmitted = gate.admits();
      now += isAdmitted ? ANSWER_MS : REFUSAL_MS;
      (isAdmitted ? answered : refused).push({ at: now, waitedMs: now - arrivals[next]! });
    }
    const due = pending;
    pending = [];
    for (const callback of due) callback();
  }
  return { answered, refused, gate, passMs: (ms: number) => (now += ms) };
}

function quantile(waits: readonly { waitedMs: number }[], share: number): number {
  const sorted = waits.map(({ waitedMs }) => waitedMs).sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))]!;
}

const within = (from: number, to: number) => (entry: { at: number }) => entry.at >= from && entry.at < to;

describe('within capacity', () => {
  test.each([0.1, 0.5, 0.95])('at %s of the capacity nothing is refused', (share) => {
    const { refused, gate } = simulate([{ untilMs: 10_000, perMs: share / ANSWER_MS }]);
    expect(refused).toEqual([]);
    expect(gate.isShedding).toBe(false);
  });

  test('a burst that is over soon is answered whole', () => {
    const calm = { untilMs: 1000, perMs: 0.5 };
    const { refused } = simulate([calm, { untilMs: 1002, perMs: 40 }, { untilMs: 3000, perMs: 0.2 }]);
    expect(refused).toEqual([]);
  });

  test('a process that gets no processor time refuses none of a few requests', () => {
    const stolen = new Map(Array.from({ length: 100 }, (_, at) => [20 * at, 19] as const));
    const { refused } = simulate([{ untilMs: 2000, perMs: 0.02 }], stolen);
    expect(refused).toEqual([]);
  });

  test('a loop that is blocked for 40 ms refuses nothing when it goes on', () => {
    const { refused } = simulate([{ untilMs: 3000, perMs: 0.5 }], new Map([[1000, 40]]));
    expect(refused).toEqual([]);
  });
});

describe.each([1.2, 2, 5])('at %s times the capacity', (share) => {
  const { answered, refused } = simulate([
    { untilMs: 2000, perMs: 0.5 / ANSWER_MS },
    { untilMs: 32_000, perMs: share / ANSWER_MS },
    { untilMs: 40_000, perMs: 0.5 / ANSWER_MS },
  ]);

  test('what is answered is at least 0.9 of what remains beside the refusals', () => {
    const during = answered.filter(within(2000, 32_000)).length;
    const left = 30_000 - refused.length * REFUSAL_MS;
    expect(during).toBeGreaterThan((0.9 * left) / ANSWER_MS);
  });

  test('99 of 100 answers, and of 100 refusals, have waited less than 50 ms', () => {
    const isDuring = within(2000, 32_000);
    expect(quantile(answered.filter(isDuring), 0.99)).toBeLessThan(50);
    expect(quantile(refused, 0.99)).toBeLessThan(50);
  });

  test('nothing is refused any more a second after it has ended', () => {
    expect(refused.filter(within(33_000, 40_000))).toEqual([]);
  });
});

test('it says that it is shedding until a second after the last refusal', () => {
  const { gate, passMs } = simulate([{ untilMs: 1000, perMs: 3 }]);
  expect(gate.isShedding).toBe(true);
  passMs(1000);
  expect(gate.isShedding).toBe(false);
});
