import type { KeyedDecision, LedgerReader } from './ledger-reader.ts';
import type { RollUpStep } from './roll-up-step.ts';
import type { RollUpTables } from './roll-up-tables.ts';

interface DecisionRange {
  /** Decisions behind this key up to and with `to`. */
  readonly after: string;
  readonly to: string;
  readonly count: number;
}

interface LateParts {
  readonly tables: RollUpTables;
  readonly ledger: LedgerReader;
}

/** Decisions of one range: so many are looked at when one of them came late. */
const RANGE_DECISIONS = 10_000;

/** Notes that the decisions of a range behind all others are taken in. Inside a transaction. */
export function noteRange({ ranges }: RollUpTables, tenantKey: string, range: DecisionRange): void {
  const before = ranges.get([tenantKey, range.after]) ?? 0;
  const isSmall = before > 0 && before + range.count <= RANGE_DECISIONS;
  if (isSmall) ranges.removeSync([tenantKey, range.after]);
  ranges.putSync([tenantKey, range.to], range.count + (isSmall ? before : 0));
}

/**
 * Decisions that were written after others with a later key had been taken in: a range holds more than were counted. The newest ranges
 * are looked at first, the keys of a range are counted without reading them. Notes those found as taken in; inside a transaction.
 */
export function findLateDecisions(
  { tables: { ranges }, ledger }: LateParts,
  tenantKey: string,
  step: RollUpStep,
  max: number,
): KeyedDecision[] {
  const known = [...ranges.getRange({ start: [tenantKey, ''], end: [`${tenantKey}\u007f`] })];
  const late: KeyedDecision[] = [];
  for (let i = known.length - 1; i >= 0 && late.length < max; i--) {
    const { key, value: count } = known[i]!;
    const after = known[i - 1]?.key[1] ?? '';
    if (ledger.countDecisions(tenantKey, after, key[1]) === count) continue;
    const found = ledger
      .decisionKeys(tenantKey, after, key[1])
      .map((of) => ({ key: of, decision: ledger.decision(tenantKey, of)! }))
      .filter((one) => !step.isTakenIn(one.key, one.decision));
    ranges.putSync(key, count + found.length);
    late.push(...found);
  }
  return late;
}
