/*
 * The stages of a request, innermost first, by what is on the stack: a sample belongs to the first stage of which one of its
 * functions is, from the running one outwards.
 */
export const STAGES = [
  ['collect garbage', /^\(garbage collector\)/],
  [
    'ledger: pack and write',
    /node_modules\/(lmdb|msgpackr|ordered-binary)\/|\/adapters\/(lmdb|write-behind|decision-(columns|row)|event-row)/,
  ],
  ['record the decision', /^record |\/gateway\/decision-record\.js/],
  ['metrics and log', /node_modules\/(prom-client|pino|sonic-boom)\/|dist\/telemetry\.js/],
  [
    'ids and draws',
    /node_modules\/uuid\/|\/gateway\/time-ordered-id\.js|\/adapters\/(keyed|holdout|exploration)-draw\.js/,
  ],
  ['admit', /\/gateway\/(admission|gatekeeper|token-buckets)\.js/],
  ['read the body', /\/gateway\/json-body\.js/],
  ['validate', /node_modules\/zod\//],
  [
    'rank',
    /\/recommender\/(candidates|candidate-pool|complement-sums|neighbours|signals|ranker|own-purchases|new-products)\.js/,
  ],
  [
    'decide: filters, value, rules',
    /\/recommender\/(recommend|judge-candidates|judged-enough|acceptance|substitutes|value|poisson|choose-slate|rules|reasons|pitch)\.js/,
  ],
  ['present', /\/gateway\/present-answer\.js/],
  ['look up, and the rest of the answer', /\/gateway\/advisor\.js|\/adapters\/(memory-result-cache|ranked)/],
  ['HTTP: parse, route, respond', /node:(?!internal\/(timers|process))|node_modules\/(@hono|hono)\//],
];
const REST = 'other JavaScript';

/** Microseconds by stage of a CPU profile between two moments, in microseconds of its clock, without what is idle or no JavaScript. */
export function stageMicroseconds({ nodes, samples, timeDeltas, startTime }, fromUs, toUs) {
  const parents = new Map();
  for (const { id, children = [] } of nodes) for (const child of children) parents.set(child, id);
  const names = new Map(nodes.map(({ id, callFrame }) => [id, frameText(callFrame)]));
  const stages = new Map();
  const sums = new Map([...STAGES.map(([name]) => name), REST].map((name) => [name, 0]));
  let at = startTime;
  samples.forEach((sample, index) => {
    at += timeDeltas[index];
    if (
      at < fromUs ||
      at > toUs ||
      names.get(sample).startsWith('(idle)') ||
      names.get(sample).startsWith('(program)')
    )
      return;
    if (!stages.has(sample)) stages.set(sample, stageOf(sample, names, parents));
    const stage = stages.get(sample);
    sums.set(stage, sums.get(stage) + timeDeltas[index]);
  });
  return Object.fromEntries(sums);
}

function stageOf(sample, names, parents) {
  for (let id = sample; id !== undefined; id = parents.get(id)) {
    const found = STAGES.find(([, pattern]) => pattern.test(names.get(id)));
    if (found) return found[0];
  }
  return REST;
}

function frameText({ functionName, url }) {
  return `${functionName || '(anonymous)'} ${url}`;
}
