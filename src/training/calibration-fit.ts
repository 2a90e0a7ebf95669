import { type Calibration, calibrated, clipped, type Ranker, UNCALIBRATED } from '../recommender/ranker.ts';
import { offer } from '../recommender/top-k.ts';
import { answerQuestions } from './answer-questions.ts';
import { solveCholesky } from './cholesky.ts';
import { TOP } from './rank-questions.ts';
import type { RankerQuestions } from './ranker-questions.ts';

const STEPS = 30;
/** Strength with which the parameters are held to those that change nothing, in answers. */
const PRIOR = 10;
const WIDTH = 3;

/**
 * Fits the calibration of the ten most probable candidates of each question by logistic regression on ln P, −ln(1 − P)
 * and 1; none where it would turn the order round.
 */
export function fitCalibration(
  ranker: Omit<Ranker, 'calibration'>,
  slices: readonly RankerQuestions[],
): Calibration {
  const { stated, isBought } = topTens(ranker, slices);
  let best = UNCALIBRATED;
  for (let step = 0; step < STEPS; step++) {
    const [rise, fall, offset] = newtonStep(stated, isBought, best);
    best = { rise: best.rise - rise, fall: best.fall - fall, offset: best.offset - offset };
    if (Math.max(Math.abs(rise), Math.abs(fall), Math.abs(offset)) < 1e-6) break;
  }
  return best.rise > 0 && best.fall > 0 ? best : UNCALIBRATED;
}

function topTens(ranker: Omit<Ranker, 'calibration'>, slices: readonly RankerQuestions[]) {
  const stated: number[] = [];
  const isBought: boolean[] = [];
  const heapKey = new Float64Array(TOP);
  const heapItem = new Int32Array(TOP);
  for (const slice of slices) {
    answerQuestions(ranker, slice, (probability, bought) => {
      let size = 0;
      for (let place = 0; place < probability.length; place++) {
        size = offer(heapKey, heapItem, size, TOP, probability[place]!, place);
      }
      for (let at = 0; at < size; at++) {
        stated.push(heapKey[at]!);
        isBought.push(heapItem[at] === bought);
      }
    });
  }
  return { stated, isBought };
}

/** What to take off the parameters: inverse Hessian times gradient of the penalised log-loss. */
function newtonStep(
  stated: readonly number[],
  isBought: readonly boolean[],
  now: Calibration,
): [rise: number, fall: number, offset: number] {
  const gradient = Float64Array.of(now.rise - 1, now.fall - 1, now.offset).map((excess) => PRIOR * excess);
  const hessian = new Float64Array(WIDTH * WIDTH);
  for (let k = 0; k < WIDTH; k++) hessian[k * WIDTH + k] = PRIOR;
  const inputs = new Float64Array(WIDTH).fill(1);
  for (let at = 0; at < stated.length; at++) {
    const p = calibrated(now, stated[at]!);
    const from = clipped(stated[at]!);
    inputs[0] = Math.log(from);
    inputs[1] = -Math.log1p(-from);
    const excess = p - (isBought[at] ? 1 : 0);
    for (let k = 0; k < WIDTH; k++) {
      gradient[k]! += excess * inputs[k]!;
      for (let l = 0; l <= k; l++) hessian[k * WIDTH + l]! += p * (1 - p) * inputs[k]! * inputs[l]!;
    }
  }
  solveCholesky(hessian, gradient, WIDTH);
  return [gradient[0]!, gradient[1]!, gradient[2]!];
}
