import { UNKNOWN_ASKER } from '../../dist/recommender/asker.js';
import { rankCandidates } from '../../dist/recommender/candidates.js';
import { decide } from '../../dist/recommender/recommend.js';
import { drawBaskets } from '../drawn-baskets.mjs';

const CONTROL_NUMBERS = 512;
/** What a server does between two answers, as far as the processor's caches see it: as much memory is written. */
const OTHER_WORK = new Float64Array((4 * 1024 * 1024) / Float64Array.BYTES_PER_ELEMENT);
const NUMBERS_A_CACHE_LINE = 64 / Float64Array.BYTES_PER_ELEMENT;

/** The subject that the target and the heap are of. */
export const WHOLE = 'rank + decide';

/**
 * What is timed: `run(n)` works on the n-th of `questions` different baskets, returning something so that no call can be
 * optimised away. `before`, where there is one, is called before each call and not timed.
 */
export function rankingSubjects({ serving, stock, policy }, { size, questions, seed }) {
  const { model, workspace, scratch } = serving;
  const asked = drawBaskets(model, seed + size, questions, () => size).map((basket) =>
    questionOf(serving, stock, policy, basket),
  );
  const at = (call) => asked[call % asked.length];
  const rank = ({ situation, occasion }) =>
    rankCandidates(model, situation.view, occasion.basket, UNKNOWN_ASKER, workspace);
  for (const question of asked) question.ranked = rank(question);
  const decideOn = ({ situation, occasion }, ranked) =>
    decide(situation, occasion, ranked, scratch).suggestions.length;
  const subject = (name, run) => ({ name, size, questions: asked.length, run });
  const alone = [
    subject('rank', (call) => rank(at(call)).items.length),
    subject('decide', (call) => decideOn(at(call), at(call).ranked)),
    subject(WHOLE, (call) => decideOn(at(call), rank(at(call)))),
  ];
  return [
    ...alone,
    ...alone.map((one) => ({ ...one, name: `${one.name}, after other work`, before: doOtherWork })),
  ];
}

function doOtherWork() {
  for (let at = 0; at < OTHER_WORK.length; at += NUMBERS_A_CACHE_LINE) OTHER_WORK[at]++;
}

/** The same work on any model and basket: fills and sorts 512 numbers. Shows how fast the machine is just now. */
export function controlSubject() {
  const numbers = new Float64Array(CONTROL_NUMBERS);
  return {
    name: 'control: fill and sort 512 numbers',
    run() {
      let state = 1;
      for (let at = 0; at < CONTROL_NUMBERS; at++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        numbers[at] = state / 4294967296;
      }
      return numbers.sort()[0];
    },
  };
}

/** A till's question in a store with stock, as the gateway puts it to the core. */
function questionOf(serving, stock, policy, { store, items }) {
  const storeId = serving.model.stores[store].id;
  return {
    situation: {
      model: serving.model,
      view: serving.view(storeId),
      rules: serving.rules().bound,
      stock: stock.store(storeId),
      slots: stock.slotsFor(serving.model.products),
      demandPerDay: serving.demand(storeId),
      policy,
      referenceValue: serving.referenceValue,
      unitValueMax: serving.unitValueMax,
    },
    occasion: {
      basket: items,
      declined: new Set(),
      storeId,
      channel: 'till',
      nowMs: stock.newestAsOfMs,
      customerAge: undefined,
      language: 'en',
      limit: 2,
      objective: 'value',
    },
  };
}
