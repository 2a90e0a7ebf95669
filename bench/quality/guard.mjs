import { UNKNOWN_ASKER } from '../../dist/recommender/asker.js';
import { POOL_MAX } from '../../dist/recommender/candidate-pool.js';
import { rankCandidates } from '../../dist/recommender/candidates.js';
import { createStamps, isStamped } from '../../dist/recommender/stamps.js';
import { viewShares } from '../../dist/recommender/store-view.js';
import { markBasketSubstitutes, markSubstitutes } from '../../dist/recommender/substitutes.js';
import { createWorkspace } from '../../dist/recommender/workspace.js';
import { plainCounts } from '../../dist/training/learn.js';
import { chooseLikeness, substitutePairs, substitutesFrom } from '../../dist/training/learn-substitutes.js';
import { hitAt, pairedDifference } from '../../dist/training/metrics.js';
import { findAlike } from '../../dist/training/product-likeness.js';
import { contextOf, longestBasket } from '../../dist/training/questions.js';
import { TOP } from '../../dist/training/rank-questions.js';

const FIRST = 3;

/**
 * How often the first three suggestions hold a labelled substitute of the basket, or of each other, without guard, with the
 * guard as it is learned, and with one that withholds all that is alike whether or not it is bought together; and what each
 * costs of HR@10 on the test period.
 */
export function measureGuard({ slice, ranker, products, test, seed, label }) {
  const { sources, train, asked } = slice;
  const model = { ...sources, ranker };
  const alike = findAlike(products);
  const pairs = substitutePairs(alike, plainCounts(train), train.start.length - 1);
  const choice = chooseLikeness(model, asked, pairs, seed);
  const plain = offersOf(model, test, label, undefined);
  const row = (substitutes) => {
    const { ranks, ...shares } = offersOf(model, test, label, substitutes);
    const hitRate10 = pairedDifference(ranks, plain.ranks, test.basket, seed, hitAt);
    return { pairs: substitutes.target.length / 2, ...shares, hitRate10 };
  };
  const { ranks, ...shares } = plain;
  return {
    labelled: label.filter((group) => group >= 0).length,
    questions: test.target.length,
    choice,
    without: { ...shares, hitRate10: ranks.filter((place) => place <= TOP).length / ranks.length },
    ...(choice && { learned: row(substitutesFrom(pairs, choice.likeness)) }),
    likenessAlone: row(substitutesFrom(alike, choice?.likeness ?? 0.5)),
  };
}

function offersOf(model, test, label, substitutes) {
  const view = viewShares('*', model.basketShare);
  const workspace = createWorkspace(model);
  const context = new Int32Array(longestBasket(test.matrix));
  const marked = createStamps(label.length);
  const ranks = new Float64Array(test.target.length).fill(Number.POSITIVE_INFINITY);
  let ofBasket = 0;
  let ofEachOther = 0;
  for (let question = 0; question < ranks.length; question++) {
    const basket = context.subarray(0, contextOf(test, question, context));
    const { items } = rankCandidates(model, view, basket, UNKNOWN_ASKER, workspace, POOL_MAX);
    const left = chosenOf(items, substitutes, basket, marked);
    const place = left.indexOf(test.target[question]);
    if (place >= 0) ranks[question] = place + 1;
    const groups = left
      .slice(0, FIRST)
      .map((item) => label[item])
      .filter((group) => group >= 0);
    if (groups.some((group) => basket.some((item) => label[item] === group))) ofBasket++;
    if (new Set(groups).size < groups.length) ofEachOther++;
  }
  return { ofBasket: ofBasket / ranks.length, ofEachOther: ofEachOther / ranks.length, ranks };
}

/** The candidates that are left, in order: none replaces a product of the basket or one before it. */
function chosenOf(items, substitutes, basket, marked) {
  markBasketSubstitutes(substitutes, basket, marked);
  const left = [];
  for (const item of items) {
    if (isStamped(marked, item)) continue;
    left.push(item);
    // As deep as an answer goes; beyond it order alone counts.
    if (left.length <= TOP) markSubstitutes(substitutes, item, marked);
  }
  return left;
}
