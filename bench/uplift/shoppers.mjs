import { customerQueue } from '../simulated/customer-queue.mjs';
import { normal, seededRandom } from '../simulated/random.mjs';
import { steadyCustomers } from '../simulated/steady-customers.mjs';

const START_MS = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;
const PAID_AFTER_MS = 60_000;
const MARGIN_SHARE = 0.35;
const HOLDING_SHARE = 0.08;
const CURRENCY = 'EUR';

/** While a shop only watches, before its experiment. */
const NOBODY_OFFERED = { arm: 'holdout', holdoutShare: 1 };

/** Of one customer in one world: an offer once taken may have become a habit, and one that annoyed costs the next visit. */
const newPast = () => ({ hasHabit: false, isAway: false });

/**
 * The visits of one simulated installation, in order of time: what the shopper does where everybody is `offered`, where everybody is
 * `left`, and in `actual` fact, by the side the gateway's own draw puts the basket or customer on; undefined for a visit that is not made.
 * Those that are only watched, before the experiment, are actual alone. `assign` is (tenant, { basketId, customerId }) → assignment.
 */
export function* simulateShoppers(scenario, seed, assign) {
  const random = seededRandom(...seed);
  const drawCustomer = (number) => ({
    id: `c${number}`,
    spending: Math.exp(scenario.customerSigma * normal(random)),
    mood: random(),
    past: { offered: newPast(), left: newPast(), actual: newPast() },
  });
  const nextCustomer = scenario.steady
    ? steadyCustomers(scenario.steady, drawCustomer, random)
    : customerQueue(scenario.customerVisitsMax, drawCustomer, random);
  const { watched = 0, baskets } = scenario;
  for (let number = 0; number < watched + baskets; number++) {
    const person = nextCustomer();
    const shopper = drawShopper(scenario, random, person);
    const basketId = `b${number}`;
    const day = Math.floor(number / scenario.basketsPerDay);
    const atMs = START_MS + day * DAY_MS + shopper.hour * 3_600_000 + (number % 1000);
    if (number < watched) {
      yield { ...shopper, basketId, atMs, assignment: NOBODY_OFFERED, actual: choose(shopper, false) };
      continue;
    }
    const assignment = assign('default', { basketId, customerId: shopper.customer });
    const isOffered = assignment.arm === 'treatment';
    yield {
      ...shopper,
      basketId,
      atMs,
      assignment,
      offered: behave(shopper, true, person.past.offered),
      left: behave(shopper, false, person.past.left),
      actual: behave(shopper, isOffered, person.past.actual),
    };
  }
}

function drawShopper(scenario, random, customer) {
  const { value, further, suggestionPrice } = scenario;
  const around = ({ median, sigma }) => Math.max(1, Math.round(median * Math.exp(sigma * normal(random))));
  const store = Math.floor(random() * scenario.stores);
  const hour = 8 + Math.floor(random() * 13);
  const lines = 1 + Math.floor(random() * 4);
  const valueMinor = Math.max(lines, Math.round(around(value) * customer.spending * (1 + 0.1 * store)));
  const pull = scenario.said({ store, hour, valueMinor, mood: customer.mood });
  return {
    store,
    hour,
    lines,
    valueMinor,
    customer: random() < scenario.known ? customer.id : undefined,
    isNamedLate: scenario.isNamedLate === true,
    furtherMinor:
      random() < further.chance ? Math.round(around(further) * (further.isOwn ? customer.spending : 1)) : 0,
    suggestionMinor: around(suggestionPrice),
    takesAnyway: random() < scenario.anyway,
    takesWhenSaid: random() < pull,
    dropsFurther: random() < scenario.instead,
    leaves: random() < scenario.leaves,
    isAnnoyed: store === 0 && random() < scenario.annoyed,
    bringsBack: random() < scenario.returned,
    ...(scenario.lasting && {
      formsHabit: random() < scenario.lasting.habit,
      staysAway: random() < scenario.lasting.staysAway,
    }),
  };
}

/** What the shopper does under one arm, after what was before. */
function behave(shopper, isOffered, past) {
  if (past.isAway) {
    past.isAway = false;
    return undefined;
  }
  const done = choose({ ...shopper, takesAnyway: shopper.takesAnyway || past.hasHabit }, isOffered);
  past.hasHabit ||= done.accepts && shopper.formsHabit === true;
  past.isAway = isOffered && shopper.staysAway === true;
  return done;
}

function choose(shopper, isOffered) {
  const pays = !shopper.leaves && !(isOffered && shopper.isAnnoyed);
  const accepts = pays && isOffered && shopper.takesWhenSaid && !shopper.takesAnyway;
  const takes = pays && (shopper.takesAnyway || accepts);
  const furtherMinor = pays && !(accepts && shopper.dropsFurther) ? shopper.furtherMinor : 0;
  return { pays, accepts, takes, furtherMinor, bringsBack: takes && shopper.bringsBack };
}

/** METRICS of a visit in one of the worlds. */
export function metricsOf(shopper, done) {
  const money = moneyOf(shopper, done);
  return [
    money.marginMinor,
    money.revenueMinor,
    money.items,
    money.upsellRevenueMinor - money.upsellCostMinor,
    money.holdingSavedMinor,
  ];
}

/** What only sales reports read of an outcome. */
const NO_SUGGESTIONS = { shown: 0, accepted: 0, declined: 0, notOffered: 0, bought: 0 };

/**
 * The outcome of a basket as the ledger's fold would give it, as far as the uplift report reads it; `eventsOf` is what the fold
 * would be given.
 */
export function outcomeOf(shopper) {
  const { basketId, atMs, assignment, customer, valueMinor, lines, actual: done } = shopper;
  const { revenueMinor, marginMinor, items, ...others } = moneyOf(shopper, done);
  const { upsellRevenueMinor, upsellCostMinor, ...holding } = others;
  const upsell = {
    revenueMinor: upsellRevenueMinor,
    costedRevenueMinor: upsellRevenueMinor,
    costMinor: upsellCostMinor,
  };
  const costed = { revenueMinor, costedRevenueMinor: revenueMinor, costMinor: revenueMinor - marginMinor };
  const refundedMinor = done.bringsBack ? shopper.suggestionMinor : 0;
  const money = { currency: CURRENCY, ...costed, refundedMinor, ...holding, upsell };
  return {
    basketId,
    decided: {
      decisionId: decisionIdOf(shopper),
      atMs,
      isDrawnForCustomer: false,
      ...assignment,
      storeId: storeOf(shopper),
      channel: 'till',
      customer: shopper.isNamedLate ? undefined : customer,
      basketValue: lines * unitPriceOf(valueMinor, lines),
      lines,
    },
    sold: done.pays
      ? { id: `s-${basketId}`, atMs: atMs + PAID_AFTER_MS, storeId: storeOf(shopper) }
      : undefined,
    customer,
    hasCrossed: false,
    money: done.pays ? [money] : [],
    items,
    productIds: [],
    suggestions: NO_SUGGESTIONS,
  };
}

function moneyOf(shopper, { pays, accepts, takes, furtherMinor, bringsBack }) {
  const kept = takes && !bringsBack;
  const upsellRevenueMinor = accepts && kept ? shopper.suggestionMinor : 0;
  const upsell = { upsellRevenueMinor, upsellCostMinor: costOf(upsellRevenueMinor) };
  if (!pays) return { revenueMinor: 0, marginMinor: 0, items: 0, ...holdingOf([]), ...upsell };
  const prices = basePrices(shopper);
  if (furtherMinor > 0) prices.push(furtherMinor);
  if (kept) prices.push(shopper.suggestionMinor);
  let revenueMinor = 0;
  let marginMinor = 0;
  for (const price of prices) {
    revenueMinor += price;
    marginMinor += price - costOf(price);
  }
  const held = prices.slice(shopper.lines);
  return { revenueMinor, marginMinor, items: prices.length, ...holdingOf(held), ...upsell };
}

/** The basket at its first decision: lines of one price, the rest in the first. */
function basePrices({ valueMinor, lines }) {
  const share = Math.floor(valueMinor / lines);
  return Array.from({ length: lines }, (_, i) => (i === 0 ? valueMinor - share * (lines - 1) : share));
}

/** Only of what is taken to a basket that is there the stock is known; one product in three of it waits beyond its target cover. */
function holdingOf(prices) {
  return {
    heldRevenueMinor: prices.reduce((sum, price) => sum + price, 0),
    holdingSavedMinor: prices.reduce((sum, price) => sum + savedBy(price), 0),
  };
}

function savedBy(priceMinor) {
  return priceMinor % 3 === 0 ? priceMinor * HOLDING_SHARE : 0;
}

function costOf(priceMinor) {
  return priceMinor - Math.round(priceMinor * MARGIN_SHARE);
}

function unitPriceOf(valueMinor, lines) {
  return valueMinor / lines / 100;
}

function decisionIdOf({ basketId }) {
  return `d-${basketId}`;
}

function storeOf({ store }) {
  return `s${store}`;
}

/** The first of a basket, and where the customer is named when paying another. */
export function decisionsOf(shopper) {
  const { basketId, atMs, assignment, customer, lines, valueMinor, isNamedLate } = shopper;
  const unitPrice = unitPriceOf(valueMinor, lines);
  const first = {
    decisionId: decisionIdOf(shopper),
    tenant: 'default',
    basketId,
    atMs,
    ...assignment,
    storeId: storeOf(shopper),
    channel: 'till',
    modelVersion: 'simulated',
    objective: 'value',
    rulesVersion: 0,
    stockEpoch: 0,
    candidates: [],
    degraded: [],
    suggestions: ['suggested'],
    basket: Array.from({ length: lines }, (_, i) => ({ productId: `P${i}`, quantity: 1, unitPrice })),
  };
  if (customer === undefined) return [first];
  if (!isNamedLate) return [{ ...first, customer }];
  const last = { decisionId: `${first.decisionId}-named`, atMs: atMs + PAID_AFTER_MS / 2 };
  return [first, { ...first, ...last, customer }];
}

export function eventsOf(shopper) {
  const { basketId, atMs } = shopper;
  const { pays, accepts, takes, furtherMinor, bringsBack } = shopper.actual;
  const at = (afterMs) => new Date(atMs + afterMs).toISOString();
  const line = (productId, priceMinor) => ({
    productId,
    quantity: 1,
    unitPriceMinor: priceMinor,
    unitCostMinor: costOf(priceMinor),
  });
  const waiting = (productId, priceMinor) => ({
    ...line(productId, priceMinor),
    holdingSavedMinor: savedBy(priceMinor),
  });
  const suggested = waiting('suggested', shopper.suggestionMinor);
  const lines = basePrices(shopper).map((price, i) => line(`P${i}`, price));
  if (furtherMinor > 0) lines.push(waiting('further', furtherMinor));
  if (takes) lines.push(suggested);
  const paid = { basketId, currency: CURRENCY };
  const said = { decisionId: decisionIdOf(shopper), productId: 'suggested', result: 'accepted' };
  return [
    ...(accepts ? [{ type: 'outcome', id: `o-${basketId}`, at: at(30_000), ...said }] : []),
    ...(pays
      ? [
          {
            type: 'sale',
            id: `s-${basketId}`,
            at: at(PAID_AFTER_MS),
            storeId: storeOf(shopper),
            ...paid,
            lines,
          },
        ]
      : []),
    ...(bringsBack
      ? [{ type: 'refund', id: `r-${basketId}`, at: at(DAY_MS), ...paid, lines: [suggested] }]
      : []),
  ];
}
