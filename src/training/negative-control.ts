import type { Evaluation, ScorerReport } from './evaluate.ts';
import type { Interval } from './metrics.ts';
import { shuffleReceipts } from './shuffle-receipts.ts';
import { trainAndTest } from './train.ts';
import type { TestingInput } from './training-input.ts';

/** The whole method on receipts without any co-purchase. */
export interface NegativeControl {
  readonly questions: number;
  readonly ours: ScorerReport;
  readonly popularity: ScorerReport;
  /** NDCG@10 of ours minus popularity's. */
  readonly lift: Interval;
  readonly isLiftLost: boolean;
  /** Why nothing was tested, and no lift seen to be lost; absent where it was. */
  readonly untested?: 'no questions' | 'nothing to shuffle';
}

/** Lift that chance may leave: far less than any claim is based on. */
const LIFT_TOLERANCE = 0.005;

/**
 * Trains and tests on shuffled baskets. What is left of the lift over popularity does not come from what is bought
 * together, but from an error of the evaluation.
 *
 * @throws TrainingImpossible
 */
export async function runNegativeControl(input: TestingInput): Promise<NegativeControl> {
  const receipts = shuffleReceipts(input.receipts, input.seed);
  const isShuffled = receipts.items.some((item, line) => item !== input.receipts.items[line]);
  return judge(await trainAndTest({ ...input, receipts }), isShuffled);
}

function judge({ questions, ours, baselines }: Evaluation, isShuffled: boolean): NegativeControl {
  const { difference: lift, ...popularity } = baselines.find(({ name }) => name === 'popularity')!;
  const facts = { questions, ours, popularity, lift };
  if (questions === 0) return { ...facts, isLiftLost: false, untested: 'no questions' };
  if (!isShuffled) return { ...facts, isLiftLost: false, untested: 'nothing to shuffle' };
  return { ...facts, isLiftLost: lift.low < LIFT_TOLERANCE };
}
