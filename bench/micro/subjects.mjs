import { UNKNOWN_ASKER } from '../../dist/recommender/asker.js';
import { rankCandidates } from '../../dist/recommender/candidates.js';
import { decide } from '../../dist/recommender/recommend.js';
import { drawBaskets } from '../drawn-baskets.mjs';

const CONTROL_NUMBERS = 512;

/**
 * What is timed: `run(n)` works on the n-th of `questions` different baskets, returning something so that no call can be
 * optimised away.
 */
export function rankingSubjects({ serving, stock, policy }, { size, questions, seed }) {
  const { model, workspace, deliberation } = serving;
  const asked = drawBaskets(model, seed + size, questions, () => size).map((basket) =>
    questionOf(serving, stock, policy, basket),
  );
  const at = (call) => asked[call % asked.length];
  const rank = ({ situation, occasion }) =>
    rankCandidates(model, situation.view, occasion.basket, UNKNOWN_ASKER, workspace);
  for (const question of asked) question.ranked = rank(question);
  const subject = (name, run) => ({ name, size, questions: asked.length, run });
  return [
    subject('rank', (call) => rank(at(call)).items.length),
    subject('decide', (call) => {
      const { situation, occasion, ranked } = at(call);
      return decide(situation, occasion, ranked, deliberation).suggestions.length;
    }),
    subject('rank + decide', (call) => {
      const question = at(call);
      return decide(question.situation, question.occasion, rank(question), deliberation).suggestions.length;
    }),
  ];
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
