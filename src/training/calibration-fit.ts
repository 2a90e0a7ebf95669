import { type Calibration, clipped, type Ranker, UNCALIBRATED } from '../recommender/ranker.ts';
import { offer } from '../recommender/top-k.ts';
import { answerQuestions } from './answer-questions.ts';
import { solveCholesky } from './cholesky.ts';
import type { StatedOutcomes } from './metrics.ts';
import { TOP } from './rank-questions.ts';
import type { RankerQuestions } from './ranker-questions.ts';

const STEPS = 30;
/** A step that moves no parameter by more than this is the last. */
const STEP_MIN = 1e-6;
const HALVINGS_MAX = 12;
/** Strength of the pull towards the prior parameters, in answers. */
const PRIOR = 10;
const WIDTH = 3;

/**
 * Fits the calibration of the ten most probable candidates of each question by logistic regression on ln P, −ln(1 − P) and 1; no
 * calibration where it would reverse the order.
 */
export function fitCalibration(
  ranker: Omit<Ranker, 'calibration'>,
  slices: readonly RankerQuestions[],
): Calibration {
  return fitBeta(topTens(ranker, slices), UNCALIBRATED);
}

/** Sets of parameters to fit while the others stay at the prior: the first set that does not reverse the order is used. */
const FREE = [['rise', 'fall', 'offset'], ['rise', 'offset'], ['offset']] as const;
type Parameter = keyof Calibration;

/** The beta calibration of greatest likelihood that keeps the order, held to `prior`. */
export function fitBeta(outcomes: StatedOutcomes, prior: Calibration): Calibration {
  const columns = inputColumns(outcomes);
  for (const free of FREE) {
    const fitted = descend(columns, prior, free);
    if (fitted.rise > 0 && fitted.fall > 0) return fitted;
  }
  return prior;
}

/** Damped Newton steps on a loss that is convex. */
function descend(columns: InputColumns, prior: Calibration, free: readonly Parameter[]): Calibration {
  let best = prior;
  let loss = penalisedLoss(columns, best, prior);
  for (let step = 0; step < STEPS; step++) {
    const move = newtonStep(columns, best, prior, free);
    const next = damped(columns, best, move, prior, loss);
    if (!next) break;
    [best, loss] = [next.calibration, next.loss];
    if (Math.max(...move.map(Math.abs)) < STEP_MIN) break;
  }
  return best;
}

/** ln P and −ln(1 − P) of what was stated, and 1 for what happened, else 0. */
interface InputColumns {
  readonly rise: Float64Array;
  readonly fall: Float64Array;
  readonly happened: Float64Array;
}

function inputColumns({ stated, happened }: StatedOutcomes): InputColumns {
  const from = Float64Array.from(stated, clipped);
  return {
    rise: from.map(Math.log),
    fall: from.map((p) => -Math.log1p(-p)),
    happened: Float64Array.from(happened, Number),
  };
}

/** The step or the largest of its halves that lowers the loss; undefined where none does. */
function damped(
  columns: InputColumns,
  now: Calibration,
  [rise, fall, offset]: readonly [number, number, number],
  prior: Calibration,
  loss: number,
): { calibration: Calibration; loss: number } | undefined {
  for (let halving = 0, share = 1; halving < HALVINGS_MAX; halving++, share /= 2) {
    const calibration = {
      rise: now.rise - share * rise,
      fall: now.fall - share * fall,
      offset: now.offset - share * offset,
    };
    const there = penalisedLoss(columns, calibration, prior);
    if (there < loss) return { calibration, loss: there };
  }
  return undefined;
}

function penalisedLoss({ rise, fall, happened }: InputColumns, now: Calibration, prior: Calibration): number {
  let loss = 0;
  for (let at = 0; at < happened.length; at++) {
    const logit = now.offset + now.rise * rise[at]! + now.fall * fall[at]!;
    loss += Math.max(0, logit) + Math.log1p(Math.exp(-Math.abs(logit))) - happened[at]! * logit;
  }
  return loss + (PRIOR / 2) * awayFrom(prior, now).reduce((sum, excess) => sum + excess * excess, 0);
}

function awayFrom(prior: Calibration, now: Calibration): [rise: number, fall: number, offset: number] {
  return [now.rise - prior.rise, now.fall - prior.fall, now.offset - prior.offset];
}

function topTens(ranker: Omit<Ranker, 'calibration'>, slices: readonly RankerQuestions[]): StatedOutcomes {
  const stated: number[] = [];
  const happened: boolean[] = [];
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
        happened.push(heapItem[at] === bought);
      }
    });
  }
  return { stated, happened };
}

/** What to subtract from the parameters: inverse Hessian times gradient of the penalised log-loss. */
function newtonStep(
  { rise, fall, happened }: InputColumns,
  now: Calibration,
  prior: Calibration,
  free: readonly Parameter[],
): [rise: number, fall: number, offset: number] {
  const gradient = Float64Array.from(awayFrom(prior, now), (excess) => PRIOR * excess);
  const hessian = new Float64Array(WIDTH * WIDTH);
  for (let k = 0; k < WIDTH; k++) hessian[k * WIDTH + k] = PRIOR;
  const inputs = new Float64Array(WIDTH).fill(1);
  for (let at = 0; at < happened.length; at++) {
    inputs[0] = rise[at]!;
    inputs[1] = fall[at]!;
    const p = 1 / (1 + Math.exp(-(now.offset + now.rise * inputs[0] + now.fall * inputs[1])));
    for (let k = 0; k < WIDTH; k++) {
      gradient[k]! += (p - happened[at]!) * inputs[k]!;
      for (let l = 0; l <= k; l++) hessian[k * WIDTH + l]! += p * (1 - p) * inputs[k]! * inputs[l]!;
    }
  }
  for (const [k, name] of FREE[0].entries()) if (!free.includes(name)) hold(k, gradient, hessian);
  solveCholesky(hessian, gradient, WIDTH);
  return [gradient[0]!, gradient[1]!, gradient[2]!];
}

/** Takes a parameter out of a step. */
function hold(parameter: number, gradient: Float64Array, hessian: Float64Array): void {
  gradient[parameter] = 0;
  for (let k = 0; k < WIDTH; k++) {
    hessian[parameter * WIDTH + k] = hessian[k * WIDTH + parameter] = k === parameter ? 1 : 0;
  }
}
