import type { SlateColumns } from './choose-slate.ts';
import { type BoundRule, ruleFactorMax } from './rules.ts';
import { expectedValue, type ValuePolicy } from './value.ts';

/** Candidates that are judged first: as many as a log keeps. Mostly no other one can be among the suggestions. */
export const JUDGED_FIRST = 50;

/** What bounds the worth of a candidate that has not been judged. */
export interface WorthBound {
  readonly objective: 'value' | 'probability';
  readonly limit: number;
  readonly inForce: readonly BoundRule[];
  readonly policy: ValuePolicy;
  readonly referenceValue: number;
  /** Money no unit of the model is worth more than; NaN where no product states a margin. */
  readonly unitValueMax: number;
}

/**
 * Whether none of the candidates that were not judged could have a place in the slate that was `chosen` without them: each is
 * worth less than the threshold, or no more than the least of a full slate, which comes before it. None of them is more
 * probable than `unjudged`.
 */
export function isJudgedEnough(
  { objective, limit, inForce, policy, referenceValue, unitValueMax }: WorthBound,
  { probability, expected }: Pick<SlateColumns, 'probability' | 'expected'>,
  chosen: readonly number[],
  unjudged: number,
): boolean {
  const isFull = chosen.length === limit;
  if (objective === 'probability' || Number.isNaN(referenceValue))
    return isFull && chosen.every((at) => probability[at]! >= unjudged);
  const unit = { total: unitValueMax, unknown: 0 };
  const most = expectedValue(unjudged, unit, referenceValue, policy) * ruleFactorMax(inForce);
  return isFull ? chosen.every((at) => expected[at]! >= most) : most < policy.expectedValueMin;
}
