/**
 * A shop of one till with two places. `margin` is the log-spread of what products earn; `misjudged` the log-spread of the true
 * acceptance around the model's; `moods` that between customers. `target` is the policy to be judged.
 */
const SHOP = {
  decisions: 14_000,
  exploreShare: 0.2,
  valueWeight: 0.5,
  minValue: 0.02,
  margin: { median: 2, sigma: 0.6 },
  misjudged: 0.3,
  moods: 0.3,
  customerVisitsMax: 3,
  target: { valueWeight: 1 },
};

export const SCENARIOS = [
  { ...SHOP, name: 'same', title: 'the policy in service itself', target: {} },
  { ...SHOP, name: 'weight', title: 'β from 0.5 to 1' },
  {
    ...SHOP,
    name: 'threshold',
    title: 'threshold from 0.02 to 0.35',
    target: { minValue: 0.35 },
  },
  {
    ...SHOP,
    name: 'misjudged',
    title: "β to 1, the model's chances wrong by a factor of two",
    misjudged: 0.7,
  },
  {
    ...SHOP,
    name: 'heavy-tailed',
    decisions: 17_000,
    title: 'β to 1, margins with a log-spread of 1 instead of 0.6',
    margin: { median: 2, sigma: 1 },
  },
  {
    ...SHOP,
    name: 'clustered',
    title: 'β to 1, customers with up to 40 visits and moods of their own',
    customerVisitsMax: 40,
    moods: 0.7,
  },
];

/** Logs from which nothing may be stated. */
export const REFUSED = [
  {
    ...SHOP,
    name: 'unexplored',
    title: 'β to 1, nothing explored',
    exploreShare: 0,
  },
  { ...SHOP, name: 'few', title: 'β to 1, 1,500 decisions', decisions: 1500 },
  {
    ...SHOP,
    name: 'hardly-explored',
    title: 'β to 1, one answer in two hundred explored',
    exploreShare: 0.005,
  },
];
