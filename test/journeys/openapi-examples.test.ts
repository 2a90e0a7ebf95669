import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../support/cli-run.ts';
import { type DocumentedOperation, openApi, statusOfSuccess, undocumented } from '../support/documented.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';

const ballot = openApi.paths['/v1/contests/{id}/ballot']!.put!.requestBody!.content['application/json']!;
const [BALLOT_WISH] = (ballot.example as { ranking: [string] }).ranking;
const dataDir = mkdtempSync(join(tmpdir(), 'basketlift-examples-'));
let gateway: GatewayProcess;
let key: string;
/** What the gateway made, by the ids that the examples have for it. */
const made = new Map<string, string>();

beforeAll(async () => {
  const created = await runCli(['keys', 'create', '--scope', 'admin', '--json'], {
    env: { BASKETLIFT_DATA: dataDir },
  });
  ({ key } = JSON.parse(created.stdout));
  gateway = await startGateway({ dataDir, env: { BASKETLIFT_MODELS: registryOfTwo() } });
  const { decisionId } = await post('/v1/suggestions');
  made.set(idIn('/v1/decisions/{id}', 'get'), decisionId);
  made.set(idIn('/v1/contests/{id}', 'patch'), (await post('/v1/contests')).id);
});

/** A registry in which the demo model has served before, so that there is something to roll back to. */
function registryOfTwo(): string {
  const registry = join(dataDir, 'models');
  mkdirSync(registry);
  for (const version of ['before', 'demo'])
    cpSync('models/demo', join(registry, version), { recursive: true });
  writeFileSync(join(registry, 'champion'), 'demo\n');
  writeFileSync(join(registry, 'champion-history'), 'before\ndemo');
  return registry;
}

afterAll(async () => {
  await gateway?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** The request that the document gives as an example. */
async function send(method: string, template: string, operation: DocumentedOperation) {
  const given = operation.parameters.filter(({ example }) => example !== undefined);
  const query = given.filter((parameter) => parameter.in === 'query');
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name) => {
    const example = String(given.find((parameter) => parameter.name === name)?.example);
    return made.get(example) ?? example;
  });
  const body = operation.requestBody?.content['application/json']?.example;
  const search = new URLSearchParams(
    Object.fromEntries(query.map(({ name, example }) => [name, String(example)])),
  );
  const response = await fetch(`${gateway.url}${path}?${search}`, {
    method: method.toUpperCase(),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && {
      body: JSON.stringify(body, (_, value) => made.get(value) ?? value),
    }),
  });
  return { response, path, text: await response.text() };
}

const post = async (template: string) =>
  JSON.parse((await send('post', template, openApi.paths[template]!.post!)).text);

function idIn(template: string, method: string): string {
  return String(openApi.paths[template]![method]!.parameters.find(({ name }) => name === 'id')!.example);
}

const operations = Object.entries(openApi.paths).flatMap(([template, item]) =>
  Object.entries(item)
    .filter(([, operation]) => !('x-messages' in operation))
    .map(([method, operation]) => ({ method, template, operation })),
);

test.each(operations)(
  'the example of $method $template works in the demo shop, and is answered as described',
  async ({ method, template, operation }) => {
    const { response, path, text } = await send(method, template, operation);
    const status = statusOfSuccess(operation);
    expect(response.status, text).toBe(status);
    const contentType = response.headers.get('content-type');
    const body = contentType?.includes('json') ? JSON.parse(text) : text;
    const answer = { status, contentType, body };
    expect(undocumented({ method: method.toUpperCase(), path }, answer)).toBeUndefined();
    expect(text).not.toContain('"rejected","reason"');
    if (template === '/v1/stock') expect(body).toMatchObject({ applied: 1, rejected: [] });
    if (template === '/v1/contests/{id}/wishes') made.set(BALLOT_WISH, body.wishes[0].id);
    if (template === '/v1/products') expect(body.products).not.toEqual([]);
  },
);
