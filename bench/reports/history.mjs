import { seededRandom } from '../uplift/random.mjs';

export const FIRST_MS = Date.UTC(2025, 4, 1);
export const DAYS = 365;
const STORES = 3;
const AGENTS = 4;
const CUSTOMERS = 200_000;
const KNOWN_SHARE = 0.3;
const PRODUCTS = 2_000;

/**
 * Baskets of a year in the order of time, seeded: each with its decisions and the events that came of them, about 5.6. One event
 * in a hundred comes a day late.
 */
export function* basketHistories(events, seed) {
  const random = seededRandom(seed, 0);
  const whole = (below) => Math.floor(random() * below);
  for (let basket = 0, made = 0; made < events; basket++) {
    const atMs = FIRST_MS + Math.floor((made / events) * DAYS * 86_400_000);
    const history = historyOf(`b${basket}`, atMs, random, whole);
    made += history.events.length;
    yield history;
  }
}

function historyOf(basketId, atMs, random, whole) {
  const storeId = `s${whole(STORES)}`;
  const place = { storeId, agentId: `${storeId}-a${whole(AGENTS)}`, channel: 'till' };
  const customer = random() < KNOWN_SHARE ? { customer: `customer-${whole(CUSTOMERS)}` } : {};
  const arm = random() < 0.1 ? 'holdout' : 'treatment';
  const decisions = Array.from({ length: 1 + whole(2) }, (_, i) => ({
    ...{ decisionId: `${basketId}-d${i}`, tenant: 'default', basketId, ...place, ...customer },
    ...{ atMs: atMs + i * 20_000, arm, holdoutShare: 0.1, objective: 'value', modelVersion: 'bench' },
    ...{
      rulesVersion: 0,
      stockEpoch: 0,
      degraded: [],
      basket: [{ productId: 'p1', quantity: 1, unitPrice: 8 }],
    },
    candidates: Array.from({ length: 10 }, () => candidate(whole(PRODUCTS))),
    suggestions: [`p${whole(PRODUCTS)}`, `p${whole(PRODUCTS)}`],
  }));
  const late = random() < 0.01 ? 86_400_000 : 0;
  const at = (afterMs) => new Date(atMs + afterMs + late).toISOString();
  const events = [];
  const add = (event) => events.push({ id: `${basketId}-e${events.length}`, ...event });
  for (const { decisionId, suggestions } of arm === 'treatment' ? decisions : []) {
    for (const productId of suggestions) add({ type: 'shown', at: at(1_000), decisionId, productId });
    const result = random() < 0.2 ? 'accepted' : 'declined';
    add({ type: 'outcome', at: at(30_000), decisionId, productId: suggestions[0], result });
  }
  const lines = [...new Set([decisions[0].suggestions[0], 'p1', `p${whole(PRODUCTS)}`])].map((productId) => {
    const unitPrice = (100 + whole(2_000)) / 100;
    return { productId, quantity: 1, unitPrice, unitCost: Math.round(unitPrice * 65) / 100 };
  });
  if (random() < 0.97) add({ type: 'sale', at: at(60_000), basketId, ...place, currency: 'EUR', lines });
  if (random() < 0.05)
    add({ type: 'refund', at: at(3_600_000), basketId, currency: 'EUR', lines: lines.slice(0, 1) });
  return { decisions, events };
}

function candidate(product) {
  return { productId: `p${product}`, probability: 0.1, expectedValue: 1, verdict: 'suggested' };
}
