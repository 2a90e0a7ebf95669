import type { Trial } from './judge-candidates.ts';
import { ruleFactorMax } from './rules.ts';
import { expectedValue } from './value.ts';

/** Candidates that are judged first: as many as a log keeps. Usually no other one can be among the suggestions. */
export const JUDGED_FIRST = 50;

/**
 * Whether no unjudged candidate could have a place in the slate that was `chosen` without them: each is worth less than the threshold, or
 * no more than the least of a full slate, which comes before it. `unjudged` is the highest probability among them. False where no product
 * states a margin, as money then tells too little.
 */
export function isJudgedEnough(
  { situation, occasion, inForce, scratch }: Omit<Trial, 'ranked' | 'pinned'>,
  chosen: readonly number[],
  unjudged: number,
): boolean {
  const { policy, referenceValue, unitValueMax } = situation;
  const { probability, expected } = scratch;
  const isFull = chosen.length === occasion.limit;
  if (occasion.objective === 'probability')
    return isFull && chosen.every((at) => probability[at]! >= unjudged);
  if (Number.isNaN(referenceValue)) return false;
  const unit = { total: unitValueMax, unknown: 0 };
  const most = expectedValue(unjudged, unit, referenceValue, policy) * ruleFactorMax(inForce);
  return isFull ? chosen.every((at) => expected[at]! >= most) : most < policy.expectedValueMin;
}
