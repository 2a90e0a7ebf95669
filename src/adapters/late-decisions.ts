import type { KeyedDecision, LedgerReader } from './ledger-reader.ts';
import type { RollUpStep } from './roll-up-step.ts';
import type { RollUpTables } from './roll-up-tables.ts';

interface DecisionRange {
  /** The range holds the decisions after this key, up to and including `to`. */
  readonly after: string;
  readonly to: string;
  readonly count: number;
}

interface LateParts {
  readonly tables: RollUpTables;
  readonly ledger: LedgerReader;
}

/** Decisions of one range: when one of them comes late, this many are looked at. */
const RANGE_DECISIONS = 10_000;

/** Notes that the decisions of a range after all others are taken in. Call inside a transaction. */
export function noteRange({ ranges }: RollUpTables, tenantKey: string, range: DecisionRange): void {
  const before = ranges.get([tenantKey, range.after]) ?? 0;
  const isSmall = before > 0 && before + range.count <= RANGE_DECISIONS;
  if (isSmall) ranges.removeSync([tenantKey, range.after]);
  ranges.putSync([tenantKey, range.to], range.count + (isSmall ? before : 0));
}

/**
 * Finds decisions that were written after others with a later key were taken in: their range holds more than were counted. Looks at the
 * newest ranges first, and counts the keys of a range without reading decisions. Notes what it finds as taken in. Call inside a
 * transaction.
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
