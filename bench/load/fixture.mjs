import { writeFileSync } from 'node:fs';
import { drawBaskets } from '../drawn-baskets.mjs';

/** Products a basket has at most and on average: FoodMart's receipts have 4.2. */
const SIZE_MAX = 12;
const SIZE_MEAN = 4.2;

/** Request bodies of different baskets as a till sends them, written as a JSON list. */
export function writeFixture(path, model, { count, seed }) {
  const baskets = drawBaskets(model, seed, count, sizeOf).map(({ store, items }) => ({
    storeId: model.stores[store].id,
    channel: 'till',
    basket: Array.from(items, (item) => {
      const { id, unitPrice } = model.products[item];
      return { productId: id, quantity: 1, ...(unitPrice !== undefined && { unitPrice }) };
    }),
  }));
  writeFileSync(path, JSON.stringify(baskets));
  return baskets;
}

/** Exponentially distributed, as the lengths of receipts nearly are. */
function sizeOf(random) {
  return Math.min(SIZE_MAX, 1 + Math.floor(-Math.log(1 - random) * (SIZE_MEAN - 0.5)));
}

/** The answer of median length to some of the baskets: what the controls give to every question. */
export async function typicalAnswer(url, baskets) {
  const answers = [];
  for (const basket of baskets) {
    const response = await fetch(`${url}/v1/suggestions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(basket),
    });
    if (!response.ok) throw new Error(`Wanted an answer, got ${response.status}: ${await response.text()}`);
    answers.push(await response.text());
  }
  answers.sort((a, b) => a.length - b.length);
  const withSuggestions = answers.filter((answer) => !answer.includes('"suggestions":[]')).length;
  return { answer: answers[answers.length >> 1], answeredShare: withSuggestions / answers.length };
}
