/** One count: votes by candidate, and who was dropped after it. */
export interface ChoiceRound {
  readonly votes: readonly { readonly candidate: string; readonly votes: number }[];
  /** undefined in the last round. */
  readonly dropped: string | undefined;
  /** Whether the order of the candidates had to decide who is dropped. */
  readonly isDrawn: boolean;
}

export interface ChoiceTally {
  /** undefined without candidates. */
  readonly winner: string | undefined;
  readonly rounds: readonly ChoiceRound[];
}

/**
 * Instant-runoff voting: each ballot is a vote for its first candidate still in; without a majority of these votes the
 * candidate with the fewest is dropped. Of several with the fewest, the one with fewer in the last round where they
 * differed is dropped; if they never did, the one listed last in `candidates`. The order of ballots makes no difference.
 * Source: N. Tideman, "Collective Decisions and Voting" (2006), the alternative vote.
 *
 * @param candidates ids, each once @param ballots best first; a ballot that names no candidate who is still in has no vote
 */
export function tallyRankedChoice(
  candidates: readonly string[],
  ballots: readonly (readonly string[])[],
): ChoiceTally {
  const rounds: ChoiceRound[] = [];
  const history: ReadonlyMap<string, number>[] = [];
  let standing = [...candidates];
  while (standing.length > 0) {
    const votes = countFirst(standing, ballots);
    history.push(votes);
    const cast = [...votes.values()].reduce((sum, count) => sum + count, 0);
    const winner = standing.find((candidate) => votes.get(candidate)! * 2 > cast);
    const listed = standing.map((candidate) => ({ candidate, votes: votes.get(candidate)! }));
    if (winner !== undefined || standing.length === 1) {
      rounds.push({ votes: listed, dropped: undefined, isDrawn: false });
      return { winner: winner ?? standing[0], rounds };
    }
    const last = weakest(standing, history);
    rounds.push({ votes: listed, dropped: last.at(-1), isDrawn: last.length > 1 });
    standing = standing.filter((candidate) => candidate !== last.at(-1));
  }
  return { winner: undefined, rounds };
}

function countFirst(
  standing: readonly string[],
  ballots: readonly (readonly string[])[],
): Map<string, number> {
  const votes = new Map(standing.map((candidate) => [candidate, 0]));
  for (const ballot of ballots) {
    const choice = ballot.find((candidate) => votes.has(candidate));
    if (choice !== undefined) votes.set(choice, votes.get(choice)! + 1);
  }
  return votes;
}

/** Those with the fewest votes now, then in each round before; more than one where they were equal in all. */
function weakest(standing: readonly string[], history: readonly ReadonlyMap<string, number>[]): string[] {
  let left = [...standing];
  for (const votes of [...history].reverse()) {
    const fewest = Math.min(...left.map((candidate) => votes.get(candidate)!));
    left = left.filter((candidate) => votes.get(candidate) === fewest);
  }
  return left;
}
