import { Problem } from './problem.ts';

export interface TurnLimits {
  /** What runs, in words. */
  readonly what: string;
  readonly atOnce: number;
  /** How many more may wait; none when absent. */
  readonly waitingMax?: number;
  readonly waitMsMax?: number;
}

/** @throws Problem 'busy' (rejects) when too many wait or the wait is too long, and what `run` rejects with */
export type TakeTurn = <Result>(run: () => Promise<Result>) => Promise<Result>;

/** Runs `atOnce` at a time; others wait for their turn, first come, first served. */
export function takingTurns({ what, atOnce, waitingMax = 0, waitMsMax = 0 }: TurnLimits): TakeTurn {
  let running = 0;
  const waiting = new Set<() => void>();
  const refusal = () => {
    const queue = waitingMax > 0 ? ` and ${waitingMax} waiting` : '';
    const detail = `Wanted at most ${atOnce} ${what} at once${queue}; ask again in a moment.`;
    return new Problem('busy', detail, { retryAfterS: 5 });
  };
  const wait = () =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        clearTimeout(patience);
        waiting.delete(begin);
        resolve();
      };
      const patience = setTimeout(() => {
        waiting.delete(begin);
        reject(refusal());
      }, waitMsMax);
      waiting.add(begin);
    });
  return async (run) => {
    if (running < atOnce) running++;
    else if (waiting.size < waitingMax) await wait();
    else throw refusal();
    try {
      return await run();
    } finally {
      // Whoever has waited longest takes over this turn.
      const [next] = waiting;
      if (next) next();
      else running--;
    }
  };
}
