import type { Product } from '../recommender/catalogue.ts';
import { unitFigures } from '../recommender/product-figures.ts';
import { offer } from '../recommender/top-k.ts';
import { emptyTerms, expectedValue, referenceValue, valueUnit } from '../recommender/value.ts';
import { type Interval, pairedDifference } from './metrics.ts';
import type { Questions } from './questions.ts';
import { midRank, type OnScored } from './rank-questions.ts';

/** Three offers ranked by P · V^β, compared with those ranked by probability (β = 0). Money per question, in the receipts' currency. */
export interface FrontierStep {
  /** β */
  readonly valueWeight: number;
  /** Share of the questions whose hidden product is among the three. */
  readonly hitRate3: number;
  /** Against β = 0, 95 % paired bootstrap by basket; absent at 0. */
  readonly hitRate3Difference?: Interval;
  /** Σ P · V of the three: what they are expected to bring. */
  readonly offered: number;
  /** V of the hidden product where it is among the three: what they did bring. */
  readonly taken: number;
}

export interface ValueFrontier {
  /** What a unit is worth here: its margin, or its price where no product states a cost. Stock has no part in it. */
  readonly value: 'margin' | 'price';
  readonly steps: readonly FrontierStep[];
}

const WEIGHTS = [0, 0.25, 0.5, 0.75, 1] as const;
const OFFERS = 3;

/** The value of a model's units without stock. */
interface UnitValues {
  readonly value: ValueFrontier['value'];
  /** [products] money; 0 for what is sold at a loss */
  readonly perUnit: Float64Array;
  /** [weights][products] V^β · Vref^(1−β) */
  readonly factors: readonly Float64Array[];
}

/** Hears how a method scored every question, and says what weighing value into its probabilities gives and costs. */
export interface FrontierTally {
  readonly onScored: OnScored;
  frontier(seed: number): ValueFrontier;
}

/** `undefined` where no product has a price: then there is no value to weigh. */
export function tallyFrontier(
  products: readonly Product[],
  basketShare: ArrayLike<number>,
  questions: Questions,
): FrontierTally | undefined {
  const values = unitValues(products, Float32Array.from(basketShare));
  if (!values) return undefined;
  const count = questions.target.length;
  const places = WEIGHTS.map(() => new Float64Array(count));
  const offered = WEIGHTS.map(() => 0);
  const taken = WEIGHTS.map(() => 0);
  const worth = new Float64Array(values.perUnit.length);
  return {
    onScored(scores, question) {
      const target = questions.target[question]!;
      for (const [step, factor] of values.factors.entries()) {
        // What is no candidate has a negative score and keeps it.
        for (let item = 0; item < scores.length; item++) {
          worth[item] = scores[item]! > 0 ? scores[item]! * factor[item]! : scores[item]!;
        }
        const place = midRank(worth, target);
        places[step]![question] = place;
        offered[step]! += offeredValue(worth, scores, values.perUnit);
        if (place <= OFFERS) taken[step]! += values.perUnit[target]!;
      }
    },
    frontier: (seed) => ({
      value: values.value,
      steps: WEIGHTS.map((valueWeight, step) => ({
        valueWeight,
        hitRate3: places[step]!.filter((place) => place <= OFFERS).length / count,
        ...(step > 0 && {
          hitRate3Difference: pairedDifference(places[step]!, places[0]!, questions.basket, seed, isOffered),
        }),
        offered: offered[step]! / count,
        taken: taken[step]! / count,
      })),
    }),
  };
}

function isOffered(place: number): number {
  return place <= OFFERS ? 1 : 0;
}

function unitValues(products: readonly Product[], basketShare: Float32Array): UnitValues | undefined {
  const byMargin = referenceValue(products, basketShare);
  const byPrice = products.map((product) => ({ ...product, unitCost: 0 }));
  const isMargin = !Number.isNaN(byMargin);
  const reference = isMargin ? byMargin : referenceValue(byPrice, basketShare);
  if (Number.isNaN(reference)) return undefined;
  const policy = { ...WITHOUT_STOCK, valueWeight: 1 };
  const terms = (isMargin ? products : byPrice).map((product) => {
    const own = emptyTerms();
    valueUnit(unitFigures(product), undefined, -1, Number.NaN, policy, 0, own);
    return own;
  });
  const factor = (valueWeight: number) =>
    Float64Array.from(terms, (own) => expectedValue(1, own, reference, { valueWeight }));
  return { value: isMargin ? 'margin' : 'price', perUnit: factor(1), factors: WEIGHTS.map(factor) };
}

/** Σ P · V of the three that are worth most. */
function offeredValue(worth: Float64Array, probability: Float64Array, perUnit: Float64Array): number {
  const keys = new Float64Array(OFFERS);
  const items = new Int32Array(OFFERS);
  let size = 0;
  for (let item = 0; item < worth.length; item++) {
    if (worth[item]! > 0) size = offer(keys, items, size, OFFERS, worth[item]!, item);
  }
  let value = 0;
  for (const item of items.subarray(0, size)) value += probability[item]! * perUnit[item]!;
  return value;
}

const WITHOUT_STOCK = {
  expectedValueMin: 0,
  holdingRatePerYear: 0,
  excessDaysMax: 0,
  targetCoverDays: 0,
  goodwill: 0,
  disposalCost: 0,
  salvageValue: 0,
};
