import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCOPES } from '../../src/gateway/access.ts';
import { described, type Schema } from '../support/described-values.ts';
import { type DocumentedOperation, openApi, statusOfSuccess, undocumented } from '../support/documented.ts';
import { type ListeningGateway, listenTestGateway } from '../support/listening-gateway.ts';
import { addKey } from '../support/made-key.ts';

const SEED = Number(process.env.BASKETLIFT_TEST_SEED ?? 20260501);
/** Requests to each operation. */
const RUNS = Number(process.env.BASKETLIFT_FUZZ_RUNS ?? 200);

let gateway: ListeningGateway;
const keys: string[] = ['', 'bl_none'];
/** Place of the key that may do everything. */
const ADMIN_KEY = keys.length + SCOPES.length - 1;
/** Of a contest that is over, and of one that is to come. */
const contestIds: string[] = [];

beforeAll(async () => {
  gateway = await listenTestGateway({}, { requestsPerSecond: 1e6 });
  for (const month of ['2025-01', '2027-01']) contestIds.push(await holdContest(month));
  for (const scope of SCOPES) keys.push((await addKey(gateway.folder, scope)).key);
  keys.push((await addKey(gateway.folder, 'agent', { agentId: 'phone' })).key);
  keys.push((await addKey(gateway.folder, 'manager', { stores: ['s1'] })).key);
});

afterAll(() => gateway.close());

/** Of agents whom the texts of the fuzz name. */
async function holdContest(month: string): Promise<string> {
  const rules = {
    metric: 'upsellRevenue',
    currency: 'EUR',
    from: `${month}-01`,
    to: `${month}-31`,
    agentIds: ['phone', 'case', 's1', 'd1'],
  };
  const { body } = await gateway.post('/v1/contests', { name: month, budget: 1000, rules });
  return body.id;
}

const operations = Object.entries(openApi.paths).flatMap(([template, item]) =>
  Object.entries(item)
    .filter(([, operation]) => !('x-messages' in operation))
    .map(([method, operation]) => ({ method: method.toUpperCase(), template, operation })),
);

/** What the document has for an operation, now and then something else, and any key. */
function requestsFor(template: string, { parameters, requestBody }: DocumentedOperation) {
  const isContest = template.startsWith('/v1/contests/');
  const contestId = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...contestIds) },
    described({ type: 'string' }),
  );
  const values = parameters.map((parameter) => {
    const value = isContest && parameter.name === 'id' ? contestId : described(parameter.schema as Schema);
    return [
      parameter.name,
      parameter.in === 'path' ? value.map(asText) : fc.option(value.map(asText), { nil: undefined }),
    ];
  });
  const schema = requestBody?.content['application/json']?.schema as Schema | undefined;
  const body = fc.oneof(
    { weight: 8, arbitrary: described(schema ?? {}).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  );
  return fc.record({
    path: fc.record(Object.fromEntries(values)).map((given) => pathOf(template, given)),
    key: fc.oneof(
      { weight: 3, arbitrary: fc.nat({ max: keys.length - 1 }) },
      { weight: 5, arbitrary: fc.constant(ADMIN_KEY) },
    ),
    accept: fc.constantFrom('application/json', 'text/csv', '*/*', ''),
    body: schema ? body : fc.constant(undefined),
  });
}

/** Half a surrogate pair has no place in an address. */
function asText(value: unknown): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(/\p{Surrogate}/gu, '');
}

function pathOf(template: string, given: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  let path = template;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (path.includes(`{${name}}`)) path = path.replace(`{${name}}`, () => encodeURIComponent(value) || '-');
    else query.append(name, value);
  }
  return `${path}?${query}`;
}

/** Decisions have ids that nobody guesses, this gateway has no registry of models, and pays nobody for any month. */
const NEVER_DONE = new Set([
  '/v1/decisions/{id}',
  '/v1/models/{version}/evaluation',
  '/v1/models/{version}/promote',
  '/v1/models/rollback',
  '/v1/commissions/{period}/close',
]);

test.each(operations)(
  `${RUNS} requests of any kind to $method $template are answered as described, and never by a failure`,
  async ({ method, template, operation }) => {
    console.log(`${method} ${template}: seed ${SEED}`);
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(requestsFor(template, operation), async ({ path, key, accept, body }) => {
        const headers = { 'content-type': 'application/json', accept, authorization: `Bearer ${keys[key]}` };
        const init = { method, headers, ...(body !== undefined && { body }) };
        const response = await fetch(gateway.url + path, init);
        const contentType = response.headers.get('content-type');
        const text = await response.text();
        const answer = { status: response.status, contentType, body: jsonOrText(text) };
        seen.add(response.status);
        expect(response.status, text).toBeLessThan(500);
        expect(undocumented({ method, path }, answer)).toBeUndefined();
        if (template.startsWith('/v1/'))
          expect(response.headers.get('cache-control') ?? 'no-store').toBe('no-store');
      }),
      { seed: SEED, numRuns: RUNS },
    );
    if (!NEVER_DONE.has(template)) expect(seen).toContain(statusOfSuccess(operation));
    const after = await gateway.post(
      '/v1/suggestions',
      { basket: [{ productId: 'phone' }], storeId: 's1' },
      {
        authorization: `Bearer ${keys[2]}`,
      },
    );
    expect(after.status).toBe(200);
    expect(gateway.lines.filter(({ level }) => level === 'error')).toEqual([]);
  },
  30_000 + RUNS * 50,
);

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
