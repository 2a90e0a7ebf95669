import type { LmdbGroupCommit } from './lmdb-group-commit.ts';

/**
 * Work on many rows in transactions of some, between which others have their turn.
 *
 * @param step changes `max` rows, and fewer when none is left
 * @param isWanted looked at before each step
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
