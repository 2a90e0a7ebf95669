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
  const evaluation = await trainAndTest({
    ...input,
    receipts: shuffleReceipts(input.receipts, input.seed),
  });
  return judge(evaluation);
}

function judge({ questions, ours, baselines }: Evaluation): NegativeControl {
  const { difference: lift, ...popularity } = baselines.find(({ name }) => name === 'popularity')!;
  return { questions, ours, popularity, lift, isLiftLost: lift.low < LIFT_TOLERANCE };
}
