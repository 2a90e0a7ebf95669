import type { Model } from './model.ts';

/** Whether two products replace each other, as stated or as learned. */
export function isSubstituteOf(
  { substituteGroup: group, substitutes }: Pick<Model, 'substituteGroup' | 'substitutes'>,
  item: number,
  other: number,
): boolean {
  if (group[item]! >= 0 && group[item] === group[other]) return true;
  if (!substitutes) return false;
  const { start, target } = substitutes;
  return target.subarray(start[item]!, start[item + 1]!).includes(other);
}
