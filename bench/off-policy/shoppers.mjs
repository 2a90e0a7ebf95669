import { chooseSlate, inclusionProbabilities } from '../../dist/recommender/choose-slate.js';
import { expectedValue, reweightedValue } from '../../dist/recommender/value.js';
import { verdictCode } from '../../dist/recommender/verdict.js';
import { customerQueue } from '../simulated/customer-queue.mjs';
import { normal, seededRandom } from '../simulated/random.mjs';

const PRODUCTS = 60;
const CANDIDATES = 7;
const PLACES = 2;
const RETURNED = 0.05;
const OPEN = verdictCode('outranked');
const CLOSED = verdictCode('below-threshold');
const ITEMS = Int32Array.from({ length: CANDIDATES }, (_, at) => at);
const NO_GROUPS = new Int32Array(CANDIDATES).fill(-1);

/**
 * The decisions of one simulated installation, chosen by the shipped code, each with the chances of both policies, what came
 * of it, and what the installation can never see: what both policies earn there on average.
 */
export function* simulateDecisions(scenario, seed) {
  const random = seededRandom(...seed);
  // One assortment for all installations of a scenario: an interval is about baskets, not about other shops.
  const assortment = drawAssortment(scenario, seededRandom(PRODUCTS, scenario.name.length));
  const { moods, customerVisitsMax } = scenario;
  const drawCustomer = (number) => ({
    cluster: number,
    mood: Math.exp(moods * normal(random) - moods ** 2 / 2),
  });
  const nextVisit = customerQueue(customerVisitsMax, drawCustomer, random);
  for (let made = 0; made < scenario.decisions; ) {
    const customer = nextVisit();
    for (let of = 1 + Math.floor(random() * 2.5); of > 0 && made < scenario.decisions; of--, made++) {
      yield decideOnce(scenario, assortment, customer, random);
    }
  }
}

function drawAssortment({ valueWeight, target, margin, misjudged }, random) {
  const weightChange = (target.valueWeight ?? valueWeight) - valueWeight;
  return Array.from({ length: PRODUCTS }, () => {
    const marginMinor = Math.max(
      5,
      Math.round(100 * margin.median * Math.exp(margin.sigma * normal(random))),
    );
    const terms = { total: marginMinor / 100, unknown: 0 };
    const loggedWorth = expectedValue(1, terms, margin.median, { valueWeight });
    return {
      marginMinor,
      appeal: Math.exp(misjudged * normal(random) - misjudged ** 2 / 2),
      // Expected values at probability 1, logged and with the target's β.
      loggedWorth,
      targetWorth: reweightedValue(loggedWorth, terms.total, margin.median, weightChange),
    };
  });
}

function decideOnce(scenario, assortment, customer, random) {
  const candidates = drawCandidates(assortment, customer, random);
  const { exploreShare: share, minValue, target } = scenario;
  const exploration = (draw) => (share > 0 ? { share, draw } : undefined);
  const own = slateOf(candidates, 'loggedWorth', minValue, exploration(random()));
  const isSame = Object.keys(target).length === 0;
  const other = isSame
    ? own
    : slateOf(candidates, 'targetWorth', target.minValue ?? minValue, exploration(1));
  const accepted = own.chosen.map((at) => random() < candidates[at].accepts);
  const kept = accepted.map((isAccepted) => isAccepted && random() >= RETURNED);
  return {
    cluster: customer.cluster,
    logged: own.inclusion,
    target: other.inclusion,
    modelled: [
      candidates.map(({ probability, product }) => (probability * product.marginMinor) / 100),
      candidates.map(({ probability }) => probability),
    ],
    shown: own.chosen,
    rewards: [
      own.chosen.map((at, place) => (kept[place] ? candidates[at].product.marginMinor : 0)),
      accepted.map(Number),
    ],
    truth: { logged: earnings(candidates, own.inclusion), target: earnings(candidates, other.inclusion) },
  };
}

function drawCandidates(assortment, { mood }, random) {
  const start = Math.floor(random() * PRODUCTS);
  return Array.from({ length: CANDIDATES }, (_, rank) => {
    const product = assortment[(start + rank * 7) % PRODUCTS];
    const probability = Math.fround(0.25 * Math.exp(-0.12 * rank) * (0.6 + 0.8 * random()));
    return { product, probability, accepts: Math.min(0.95, probability * product.appeal * mood) };
  });
}

/** As the gateway would choose; `worth` is 'loggedWorth' or 'targetWorth'. */
function slateOf(candidates, worth, minValue, exploration) {
  const columns = {
    items: ITEMS,
    probability: new Float32Array(CANDIDATES),
    expected: new Float64Array(CANDIDATES),
    verdict: new Uint8Array(CANDIDATES),
  };
  for (let at = 0; at < CANDIDATES; at++) {
    const { probability, product } = candidates[at];
    columns.probability[at] = probability;
    columns.expected[at] = probability * product[worth];
    columns.verdict[at] = columns.expected[at] < minValue ? CLOSED : OPEN;
  }
  const question = { substituteGroup: NO_GROUPS, limit: PLACES, objective: 'value', pinned: [], exploration };
  const slate = chooseSlate(question, columns, CANDIDATES);
  return { chosen: slate.chosen, inclusion: inclusionProbabilities(slate, CANDIDATES) };
}

/** [margin in minor units, acceptances] of a decision, on average over draw and customer. */
function earnings(candidates, inclusion) {
  let margin = 0;
  let acceptances = 0;
  for (let at = 0; at < CANDIDATES; at++) {
    const { accepts, product } = candidates[at];
    margin += inclusion[at] * accepts * (1 - RETURNED) * product.marginMinor;
    acceptances += inclusion[at] * accepts;
  }
  return [margin, acceptances];
}
