import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tallyRankedChoice } from '../../src/ledger/ranked-choice.ts';

const times = (count: number, ballot: string) => Array.from({ length: count }, () => [...ballot]);

describe('a ranked choice', () => {
  test('is counted in rounds: ballots whose first choice is dropped pass to the next one', () => {
    const tally = tallyRankedChoice(
      ['a', 'b', 'c'],
      [...times(4, 'abc'), ...times(3, 'bca'), ...times(2, 'cba')],
    );
    expect(tally).toEqual({
      winner: 'b',
      rounds: [
        {
          votes: [
            { candidate: 'a', votes: 4 },
            { candidate: 'b', votes: 3 },
            { candidate: 'c', votes: 2 },
          ],
          dropped: 'c',
          isDrawn: false,
        },
        {
          votes: [
            { candidate: 'a', votes: 4 },
            { candidate: 'b', votes: 5 },
          ],
          dropped: undefined,
          isDrawn: false,
        },
      ],
    });
  });

  test('drops, among equals, the one with fewer votes in the round before', () => {
    // a 4, b 3, c 2, d 1: d goes to c, and then b and c are equal; c had fewer.
    const ballots = [...times(4, 'a'), ...times(3, 'b'), ...times(2, 'c'), ...times(1, 'dc')];
    const { rounds, winner } = tallyRankedChoice(['a', 'c', 'b', 'd'], ballots);
    expect([winner, ...rounds.map(({ dropped }) => dropped)]).toEqual(['a', 'd', 'c', undefined]);
  });

  test('drops the last named where nothing else decides, and says so', () => {
    const tally = tallyRankedChoice(['a', 'b'], [['a'], ['b']]);
    expect(tally.winner).toBe('a');
    expect(tally.rounds[0]).toMatchObject({ dropped: 'b', isDrawn: true });
    expect(tallyRankedChoice(['b', 'a'], [['a'], ['b']]).winner).toBe('b');
  });

  test('of one wish is that one, of none is none, and ballots for other wishes do not count', () => {
    expect(tallyRankedChoice(['a'], []).winner).toBe('a');
    expect(tallyRankedChoice([], [['a']])).toEqual({ winner: undefined, rounds: [] });
    expect(tallyRankedChoice(['a', 'b'], [['x'], ['x'], ['b']]).winner).toBe('b');
  });
});

const candidates = ['a', 'b', 'c', 'd', 'e'];
const anyBallot = fc.shuffledSubarray(candidates);
const anyBallots = fc.array(anyBallot, { maxLength: 25 });

describe('whatever the ballots', () => {
  test('who is first on more than half of them wins', () => {
    fc.assert(
      fc.property(anyBallots, fc.constantFrom(...candidates), (others, favourite) => {
        const rest = candidates.filter((candidate) => candidate !== favourite);
        const ballots = [...others, ...Array.from({ length: others.length + 1 }, () => [favourite, ...rest])];
        expect(tallyRankedChoice(candidates, ballots).winner).toBe(favourite);
      }),
    );
  });

  test('their order makes no difference', () => {
    const shuffled = anyBallots.chain((ballots) =>
      fc.tuple(fc.constant(ballots), fc.shuffledSubarray(ballots, { minLength: ballots.length })),
    );
    fc.assert(
      fc.property(shuffled, ([ballots, other]) => {
        expect(tallyRankedChoice(candidates, other)).toEqual(tallyRankedChoice(candidates, ballots));
      }),
    );
  });

  test('the winner is never one that every other would beat', () => {
    fc.assert(
      fc.property(anyBallots, (ballots) => {
        const { winner, rounds } = tallyRankedChoice(candidates, ballots);
        fc.pre(rounds.every(({ isDrawn }) => !isDrawn));
        const beats = (one: string, other: string) =>
          ballots.filter((ballot) => ballot.find((id) => id === one || id === other) === one).length;
        const losesToAll = candidates.every(
          (other) => other === winner || beats(other, winner!) > beats(winner!, other),
        );
        expect(losesToAll).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('a copy of a wish, ranked next to it on every ballot, changes nothing between the others', () => {
    fc.assert(
      fc.property(anyBallots, fc.constantFrom(...candidates), (ballots, original) => {
        const cloned = ballots.map((ballot) =>
          ballot.flatMap((id) => (id === original ? [id, 'clone'] : [id])),
        );
        const before = tallyRankedChoice(candidates, ballots);
        const after = tallyRankedChoice([...candidates, 'clone'], cloned);
        fc.pre([...before.rounds, ...after.rounds].every(({ isDrawn }) => !isDrawn));
        const winner = after.winner === 'clone' ? original : after.winner;
        expect(winner).toBe(before.winner);
      }),
      { numRuns: 500 },
    );
  });
});
