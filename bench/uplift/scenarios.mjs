/*
 * Shoppers whose truth is known. Chances are per basket; money in cents. `said` is the chance that a basket takes the suggested
 * product because it was said, over and above the `anyway` of those that take it without.
 */
const DAILY = {
  baskets: 5_000,
  basketsPerDay: 500,
  holdoutShare: 0.1,
  /** Median and log-spread of what is in the basket at the first decision. */
  value: { median: 1800, sigma: 0.8 },
  /** Further products that come after the first decision, and their median price. */
  further: { chance: 0.5, median: 400, sigma: 0.6 },
  suggestionPrice: { median: 350, sigma: 0.5 },
  anyway: 0.04,
  said: () => 0,
  /** Chance that a further product stays on the shelf because the suggested one was taken. */
  instead: 0.2,
  /** Chance that a basket is left behind unpaid, and what an offer adds to it. */
  leaves: 0.03,
  annoyed: 0,
  /** Chance that a suggested product comes back. */
  returned: 0.05,
  /** Baskets whose customer is known, and baskets of a customer at most. */
  known: 0.3,
  customerVisitsMax: 3,
  /** Log-spread of what customers spend, beside that of baskets. */
  customerSigma: 0.3,
  stores: 4,
};

/**
 * Customers who stay, and are watched before the experiment; offers do something to later visits: one that was taken may become a
 * habit, one that annoyed costs the next visit.
 */
const LASTING = {
  watched: 4_000,
  baskets: 8_000,
  holdoutShare: 0.2,
  by: 'customer',
  known: 1,
  steady: { count: 1_500, rateSigma: 0.8 },
  said: () => 0.15,
  lasting: { habit: 0.4, staysAway: 0.03 },
};

/** Customers who stay, and whose baskets begin alike: what is still to come is as large as theirs are. */
const REGULARS = {
  watched: 4_000,
  baskets: 5_000,
  known: 1,
  steady: { count: 900, rateSigma: 0.8 },
  customerSigma: 0.5,
  value: { median: 500, sigma: 0.4 },
  further: { chance: 0.9, median: 1500, sigma: 0.4, isOwn: true },
  said: () => 0.1,
};

export const SCENARIOS = [
  { ...DAILY, name: 'zero', title: 'no effect (an A/A test)' },
  { ...DAILY, name: 'small', title: 'small effect: 2 % take it because it was said', said: () => 0.02 },
  { ...DAILY, name: 'large', title: 'large effect: 20 %', said: () => 0.2 },
  {
    ...DAILY,
    name: 'heterogeneous',
    title: 'by store, hour and basket: from 0 to 40 %, one store annoyed',
    said: ({ store, hour, valueMinor }) =>
      store === 0 ? 0 : Math.min(0.4, 0.05 + 0.05 * store + (hour < 12 ? 0 : 0.1) + valueMinor / 50_000),
    annoyed: 0.02,
  },
  {
    ...DAILY,
    name: 'heavy-tailed',
    title: 'one basket in a hundred is worth sixteen others (log-spread 1.2)',
    baskets: 8_000,
    value: { median: 1200, sigma: 1.2 },
    said: () => 0.06,
  },
  {
    ...DAILY,
    name: 'clustered',
    title: 'customers with up to 40 baskets each, all known',
    said: ({ mood }) => 0.2 * mood,
    known: 1,
    customerVisitsMax: 40,
    customerSigma: 0.7,
  },
  { ...DAILY, ...REGULARS, name: 'regulars', title: 'regulars, named at the first decision' },
  {
    ...DAILY,
    ...REGULARS,
    isNamedLate: true,
    name: 'regulars-named-late',
    title: 'regulars, named when they pay: no past is known before',
  },
  {
    ...DAILY,
    ...LASTING,
    name: 'customers-zero',
    title: 'whole customers held out, no effect',
    lasting: undefined,
    said: () => 0,
  },
  { ...DAILY, ...LASTING, name: 'customers', title: 'whole customers held out; habits form, some stay away' },
  {
    ...DAILY,
    ...LASTING,
    name: 'customers-by-basket',
    by: 'basket',
    title: 'the same customers, but baskets held out: a control, it cannot see what lasts',
    isControl: true,
  },
];

/** A year that is looked at every day: `baskets` of one small store. */
const YEAR = { watched: 0, baskets: 1825, basketsPerDay: 5, holdoutShare: 0.4, stores: 1 };

export const PEEKED = [
  { ...scenarioNamed('zero'), ...YEAR },
  { ...scenarioNamed('heavy-tailed'), ...YEAR },
  { ...scenarioNamed('customers-zero'), ...YEAR, steady: { count: 400, rateSigma: 0.8 } },
];

/** Many stores, in most of which offers bring nothing: what is called different of them is counted. */
export const SPLIT = [
  {
    ...DAILY,
    name: 'stores',
    title: 'twenty stores, in three of which 40 % take it',
    baskets: 8_000,
    holdoutShare: 0.3,
    stores: 20,
    differing: ['s0', 's1', 's2'],
    said: ({ store }) => (store < 3 ? 0.4 : 0),
    leaves: 0,
  },
  {
    ...DAILY,
    name: 'stores-zero',
    title: 'twenty stores, in none of which it brings anything',
    baskets: 8_000,
    holdoutShare: 0.3,
    stores: 20,
    differing: [],
    leaves: 0,
  },
];

function scenarioNamed(wanted) {
  return SCENARIOS.find(({ name }) => name === wanted);
}
