import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCOPES, type Scope } from '../../src/gateway/access.ts';
import { PAGES } from '../../src/gateway/page-routes.ts';
import { ROUTE_SCOPES, type RouteName } from '../../src/gateway/route-scopes.ts';
import { addKey, type MadeKey } from '../support/made-key.ts';
import { openTestGateway, type TestGateway } from '../support/test-gateway.ts';

const NEW_CONTEST = {
  name: 'May',
  budget: 100,
  rules: { metric: 'attachRate', currency: 'EUR', from: '2026-05-01', to: '2026-05-31', agentIds: ['a1'] },
};

/** A request to each route that is answered with `status` to whom it is allowed. */
const SAMPLES: Readonly<Record<RouteName, { path: string; body?: object; status: number }>> = {
  'POST /v1/suggestions': { path: '/v1/suggestions', body: { basket: [] }, status: 200 },
  'POST /v1/events': { path: '/v1/events', body: { events: [{}] }, status: 200 },
  'GET /v1/products': { path: '/v1/products', status: 200 },
  'GET /v1/products/:id': { path: '/v1/products/phone', status: 200 },
  'GET /v1/stores': { path: '/v1/stores', status: 200 },
  'GET /v1/models/current': { path: '/v1/models/current', status: 200 },
  // A socket's place: asked for as a page, there is nothing there.
  'GET /v1/live': { path: '/v1/live', status: 404 },
  'POST /v1/session': { path: '/v1/session', body: {}, status: 200 },
  'GET /v1/session': { path: '/v1/session', status: 200 },
  'DELETE /v1/session': { path: '/v1/session', body: {}, status: 200 },
  'GET /v1/decisions/:id': { path: '/v1/decisions/none', status: 404 },
  'GET /v1/reports/sales': { path: '/v1/reports/sales', status: 200 },
  'GET /v1/reports/uplift': { path: '/v1/reports/uplift', status: 200 },
  'GET /v1/reports/customers': { path: '/v1/reports/customers', status: 200 },
  'GET /v1/reports/inventory': { path: '/v1/reports/inventory', status: 200 },
  'GET /v1/reports/unmatched': { path: '/v1/reports/unmatched', status: 200 },
  'GET /v1/reports/off-policy': { path: '/v1/reports/off-policy?valueWeight=1', status: 200 },
  'GET /v1/commissions': { path: '/v1/commissions?period=2026-04', status: 200 },
  // Allowed; there is nothing to pay, so no first month to close.
  'POST /v1/commissions/:period/close': { path: '/v1/commissions/2026-04/close', body: {}, status: 409 },
  'POST /v1/commissions/what-if': {
    path: '/v1/commissions/what-if',
    body: { from: '2026-04', to: '2026-04', plans: [] },
    status: 200,
  },
  'GET /v1/contests': { path: '/v1/contests', status: 200 },
  'GET /v1/contests/:id/standings': { path: '/v1/contests/none/standings', status: 404 },
  'POST /v1/contests/:id/wishes': { path: '/v1/contests/none/wishes', body: {}, status: 404 },
  'PUT /v1/contests/:id/ballot': { path: '/v1/contests/none/ballot', body: {}, status: 404 },
  'POST /v1/contests': { path: '/v1/contests', body: NEW_CONTEST, status: 201 },
  'PATCH /v1/contests/:id': { path: '/v1/contests/none', body: {}, status: 404 },
  'POST /v1/contests/:id/settle': { path: '/v1/contests/none/settle', body: {}, status: 404 },
  'GET /v1/plans': { path: '/v1/plans', status: 200 },
  'PUT /v1/plans': { path: '/v1/plans', body: { plans: [] }, status: 200 },
  'GET /v1/models': { path: '/v1/models', status: 200 },
  'GET /v1/models/:version/evaluation': { path: '/v1/models/v1/evaluation', status: 404 },
  // Allowed; this gateway has no registry.
  'POST /v1/models/:version/promote': { path: '/v1/models/v1/promote', body: {}, status: 404 },
  'POST /v1/models/rollback': { path: '/v1/models/rollback', body: {}, status: 422 },
  'GET /v1/rules': { path: '/v1/rules', status: 200 },
  'PUT /v1/rules': { path: '/v1/rules', body: { rules: [] }, status: 200 },
  'POST /v1/stock': { path: '/v1/stock', body: { rows: [{}] }, status: 200 },
  'POST /v1/customers/look-up': {
    path: '/v1/customers/look-up',
    body: { customerIds: ['nobody'] },
    status: 200,
  },
  'GET /v1/agents/:id/bests': { path: '/v1/agents/a1/bests', status: 200 },
  'DELETE /v1/customers/:id': { path: '/v1/customers/nobody', status: 200 },
  'GET /metrics': { path: '/metrics', status: 200 },
};

/** What each scope may do, written out: the table in the code is a ladder, and this is what it has to come to. */
const ALLOWED: Readonly<Record<Scope, readonly RouteName[]>> = (() => {
  const terminal: RouteName[] = [
    'POST /v1/suggestions',
    'POST /v1/events',
    'GET /v1/products',
    'GET /v1/products/:id',
    'GET /v1/stores',
    'GET /v1/models/current',
    'GET /v1/live',
    'POST /v1/session',
    'GET /v1/session',
    'DELETE /v1/session',
  ];
  const agent: RouteName[] = [
    ...terminal,
    'GET /v1/reports/sales',
    'GET /v1/commissions',
    'GET /v1/contests',
    'GET /v1/contests/:id/standings',
    'POST /v1/contests/:id/wishes',
    'PUT /v1/contests/:id/ballot',
    'POST /v1/customers/look-up',
    'GET /v1/agents/:id/bests',
  ];
  const analyst: RouteName[] = [
    ...agent,
    'GET /v1/decisions/:id',
    'GET /v1/reports/uplift',
    'GET /v1/reports/inventory',
    'GET /v1/reports/off-policy',
    'GET /v1/models',
    'GET /v1/models/:version/evaluation',
    'POST /v1/models/:version/promote',
    'POST /v1/models/rollback',
    'GET /v1/rules',
  ];
  const manager: RouteName[] = [
    ...analyst,
    'POST /v1/commissions/:period/close',
    'POST /v1/commissions/what-if',
    'POST /v1/contests',
    'PATCH /v1/contests/:id',
    'POST /v1/contests/:id/settle',
    'GET /v1/plans',
    'PUT /v1/plans',
    'PUT /v1/rules',
    'POST /v1/stock',
    'DELETE /v1/customers/:id',
    'GET /v1/reports/customers',
    'GET /v1/reports/unmatched',
  ];
  return { terminal, agent, analyst, manager, admin: [...manager, 'GET /metrics'] };
})();

const routeNames = Object.keys(ROUTE_SCOPES) as RouteName[];
let gateway: TestGateway;
const keys = new Map<Scope, MadeKey>();
const dead: Record<string, Record<string, string>> = {};

beforeAll(async () => {
  gateway = openTestGateway();
  const { folder, clock } = gateway;
  for (const scope of SCOPES) keys.set(scope, await addKey(folder, scope, { agentId: 'a1' }));
  const revoked = await addKey(folder, 'admin');
  await folder.keys.revoke(revoked.id, 1);
  const live = keys.get('admin')!;
  Object.assign(dead, {
    'no key': {},
    'an unknown key': { authorization: `Bearer bl_${'A'.repeat(43)}` },
    'a revoked key': revoked.headers,
    'an expired key': (await addKey(folder, 'admin', { expiresAtMs: clock.nowMs })).headers,
    'a key of a scope this release does not know': (await addKey(folder, 'owner')).headers,
    'half a key': { authorization: `Bearer ${live.key.slice(0, -1)}` },
    'a key in another scheme': { authorization: `Basic ${live.key}` },
    'a log-in that never was': { cookie: `basketlift_session=${'A'.repeat(43)}` },
  });
});

afterAll(() => gateway.close());

function request(name: RouteName, headers: Readonly<Record<string, string>>) {
  const [method] = name.split(' ');
  const { path, body } = SAMPLES[name];
  return gateway.send(path, {
    method: method!,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
}

describe('the table of scopes', () => {
  test('names every route that is not for everybody, and no other', () => {
    const isPublic = (path: string) =>
      ['/healthz', '/readyz', '/openapi.json', ...Object.keys(PAGES)].includes(path);
    const served = gateway.app.routes
      .filter(({ method, path }) => method !== 'ALL' && !isPublic(path))
      .map(({ method, path }) => `${method} ${path}`);
    expect([...new Set([...served, 'GET /v1/live'])].sort()).toEqual([...routeNames].sort());
  });

  test('requires at least terminal and at most admin', () => {
    for (const name of routeNames) expect(SCOPES).toContain(ROUTE_SCOPES[name]);
  });
});

describe.each(routeNames)('%s', (name) => {
  test.each(SCOPES)('is answered for a key of scope %s as far as allowed', async (scope) => {
    const { status, body } = await request(name, keys.get(scope)!.headers);
    const isAllowed = ALLOWED[scope].includes(name);
    expect(status).toBe(isAllowed ? SAMPLES[name].status : 403);
    if (isAllowed) return;
    expect(body.type).toBe('https://basketlift.dev/problems/forbidden');
    expect(body.detail).toContain(`got one of ${scope}`);
  });

  test.each([
    'no key',
    'an unknown key',
    'a revoked key',
    'an expired key',
    'a key of a scope this release does not know',
    'half a key',
    'a key in another scheme',
    'a log-in that never was',
  ])('with %s is 401 and says what it wants', async (which) => {
    const { status, body, headers } = await request(name, dead[which]!);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="basketlift"');
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({
      type: 'https://basketlift.dev/problems/unauthorized',
      detail: expect.stringMatching(/^Wanted a .*key.*; got .+\.$/),
    });
  });
});

test.each(['/v1/nothing', '/v1/rules/', '/v1//rules', '/%76%31/rules', '/v1/rules/x', '/v1/'])(
  '%s, where there is no route or one in disguise, is never answered without a key',
  async (path) => {
    expect((await gateway.get(path)).status).toBe(401);
    expect((await gateway.get(path, keys.get('terminal')!.headers)).status).toBeGreaterThanOrEqual(403);
  },
);

test.each(['/healthz', '/readyz', '/openapi.json'])('%s needs no key', async (path) => {
  expect((await gateway.get(path)).status).toBe(200);
});
