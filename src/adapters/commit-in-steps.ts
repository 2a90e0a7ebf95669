import type { LmdbGroupCommit } from './lmdb-group-commit.ts';

/**
 * Changes many rows in short transactions, between which other writers have their turn.
 *
 * @param step changes up to `max` rows and returns how many; fewer than `max` when none is left
 * @param isWanted asked before each step; false ends the work
 * @returns how many rows were changed
 * @throws EventStoreUnavailable (rejects)
 */
export async function commitInSteps(
  commits: LmdbGroupCommit,
  max: number,
  step: (max: number) => number,
  isWanted: () => boolean = () => true,
): Promise<number> {
  let total = 0;
  while (isWanted()) {
    const changed = await commits.commit(max, () => step(max));
    total += changed;
    if (changed < max) break;
  }
  return total;
}
