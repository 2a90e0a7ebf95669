import { join } from 'node:path';
import { open } from 'lmdb';
import { toDecisionRows } from '../../dist/adapters/decision-row.js';
import { toEventRow } from '../../dist/adapters/event-row.js';
import { openDataFolder } from '../../dist/adapters/lmdb-data-folder.js';
import { digestKey } from '../../dist/adapters/lmdb-keys.js';
import { seededRandom } from '../simulated/random.mjs';

export const TENANT = 'default';
export const FIRST_MS = Date.UTC(2025, 4, 1);
export const DAY_MS = 86_400_000;
export const DAYS = 365;
const STORES = 20;
const AGENTS = 5;
const CUSTOMERS = 200_000;
const KNOWN_SHARE = 0.3;
const HOLDOUT_SHARE = 0.1;
const PRODUCTS = 2_000;
const CANDIDATES = 50;
const TRANSACTION_BASKETS = 5_000;

export const PRODUCT_IDS = Array.from({ length: PRODUCTS }, (_, i) => `p${i}`);
export const AGENT_IDS = Array.from({ length: STORES * AGENTS }, (_, i) =>
  agentOf(Math.floor(i / AGENTS), i % AGENTS),
);

/**
 * Writes a ledger as the gateway would have written it over the days, seeded, straight into its tables: in large transactions,
 * without the tables that reports do not read (ids of events, decisions of a customer) and without waiting for the disk. Four of a
 * hundred events come a day late.
 *
 * @returns how many events, decisions and baskets there are
 */
export async function writeLedger(path, { events: wanted, seed, fromMs = FIRST_MS, days = DAYS }) {
  await openDataFolder(path).close();
  const root = open({ path: join(path, 'basketlift.lmdb'), noSubdir: true, maxDbs: 24, noSync: true });
  const tables = {
    decisions: root.openDB({ name: 'decisions' }),
    passedOver: root.openDB({ name: 'passed-over-candidates' }),
    events: root.openDB({ name: 'events' }),
    counters: root.openDB({ name: 'counters' }),
  };
  const counts = { events: 0, decisions: 0, baskets: 0 };
  let arrival = tables.counters.get('next-arrival') ?? 0;
  const tenantKey = digestKey(TENANT);
  const late = [];
  const random = seededRandom(seed, fromMs / DAY_MS);
  const put = (event, receivedAtMs) => {
    tables.events.putSync(
      [tenantKey, arrival++],
      toEventRow({ event, receivedAtMs, tenant: TENANT, schemaVersion: 1 }),
    );
    counts.events++;
  };
  while (counts.events < wanted) {
    root.transactionSync(() => {
      for (let i = 0; i < TRANSACTION_BASKETS && counts.events < wanted; i++) {
        const atMs = fromMs + Math.floor((counts.events / wanted) * days * DAY_MS);
        const { decisions, events } = basketOf(`${fromMs / DAY_MS}-${counts.baskets++}`, atMs, random);
        for (const decision of decisions) {
          const { row, passedOver } = toDecisionRows(decision);
          tables.decisions.putSync([tenantKey, decision.decisionId], row);
          tables.passedOver.putSync([tenantKey, decision.decisionId], passedOver);
        }
        counts.decisions += decisions.length;
        while (late.length > 0 && late[0].atMs <= atMs) put(late.shift().event, atMs);
        for (const event of events)
          if (random() < 0.04) late.push({ event, atMs: atMs + DAY_MS });
          else put(event, atMs);
      }
      tables.counters.putSync('next-arrival', arrival);
    });
  }
  await root.close();
  return counts;
}

function basketOf(basket, atMs, random) {
  const whole = (below) => Math.floor(random() * below);
  const basketId = `basket-${basket}`;
  const store = whole(STORES);
  const place = {
    storeId: `s${store}`,
    agentId: agentOf(store, whole(AGENTS)),
    channel: random() < 0.8 ? 'till' : 'call',
  };
  const customer = random() < KNOWN_SHARE ? { customer: pseudonymOf(whole(CUSTOMERS)) } : {};
  const arm = random() < HOLDOUT_SHARE ? 'holdout' : 'treatment';
  const lines = Array.from({ length: 1 + whole(5) }, () => {
    const unitPriceMinor = 100 + whole(2_000);
    return {
      productId: `p${whole(PRODUCTS)}`,
      quantity: 1,
      unitPriceMinor,
      unitCostMinor: Math.round(unitPriceMinor * 0.65),
    };
  });
  const decisions = Array.from({ length: random() < 0.3 ? 2 : 1 }, (_, i) =>
    decisionOf({ basketId, ...place, ...customer, arm }, { atMs: atMs + i * 20_000, lines, random, whole }),
  );
  const at = (afterMs) => new Date(atMs + afterMs).toISOString();
  const events = [];
  const add = (event) => events.push({ id: `${basketId}-${events.length}`, ...event });
  for (const { decisionId, suggestions } of arm === 'treatment' ? decisions : []) {
    for (const productId of suggestions)
      add({ type: 'shown', at: at(1_000), basketId, decisionId, productId });
    const result = random() < 0.2 ? 'accepted' : 'declined';
    add({ type: 'outcome', at: at(30_000), basketId, decisionId, productId: suggestions[0], result });
    if (result === 'accepted') lines.push({ ...lines[0], productId: suggestions[0] });
  }
  if (random() < 0.97) add({ type: 'sale', at: at(60_000), basketId, ...place, currency: 'EUR', lines });
  if (random() < 0.05)
    add({ type: 'refund', at: at(3_600_000), basketId, currency: 'EUR', lines: lines.slice(0, 1) });
  return { decisions, events };
}

export function pseudonymOf(customer) {
  return `pseudonym-of-customer-number-${customer}`;
}

function agentOf(store, agent) {
  return `s${store}-a${agent}`;
}

function decisionOf(facts, { atMs, lines, random, whole }) {
  const candidates = Array.from({ length: CANDIDATES }, (_, i) => ({
    productId: `p${whole(PRODUCTS)}`,
    probability: random(),
    expectedValue: random(),
    verdict: i < 2 ? 'suggested' : 'below-threshold',
  }));
  return {
    decisionId: uuidOf(atMs, random),
    tenant: TENANT,
    ...facts,
    atMs,
    holdoutShare: HOLDOUT_SHARE,
    modelVersion: 'bench',
    rulesVersion: 0,
    stockEpoch: 0,
    objective: 'value',
    language: 'en',
    degraded: [],
    basket: lines.map(({ productId, quantity, unitPriceMinor }) => ({
      productId,
      quantity,
      unitPrice: unitPriceMinor / 100,
    })),
    candidates,
    suggestions: candidates.slice(0, 2).map(({ productId }) => productId),
  };
}

/** A UUIDv7 of this moment. */
function uuidOf(atMs, random) {
  const hex = (digits) =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  const time = atMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`;
}
