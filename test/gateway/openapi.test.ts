import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PAGES } from '../../src/gateway/page-routes.ts';
import { ROUTE_SCOPES, scopeOf } from '../../src/gateway/route-scopes.ts';
import { openApi, operationAt, undocumented } from '../support/documented.ts';
import { openTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeAll(() => {
  gateway = openTestGateway();
});

afterAll(() => gateway.close());

const described = Object.entries(openApi.paths).flatMap(([template, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    route: `${method.toUpperCase()} ${template.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    operation,
  })),
);

describe('the description of the interface', () => {
  test('has every route that the gateway serves beside its pages, and no other', () => {
    const served = gateway.app.routes
      .filter(({ method, path }) => method !== 'ALL' && !(path in PAGES))
      .map(({ method, path }) => `${method} ${path}`);
    const routes = new Set([...served, ...Object.keys(ROUTE_SCOPES)]);
    expect(described.map(({ route }) => route).sort()).toEqual([...routes].sort());
  });

  test('names each operation once', () => {
    const ids = described.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(described)('says of $route which scope it wants', ({ route, operation }) => {
    const scope = scopeOf(route);
    expect(operation['x-scope']).toBe(scope);
    expect(operation.security).toEqual(scope ? [{ key: [scope] }, { session: [scope] }] : []);
    expect('401' in operation.responses).toBe(scope !== undefined);
  });

  test('is served to everybody, as it is tested here', async () => {
    const { status, body } = await gateway.get('/openapi.json');
    expect(status).toBe(200);
    expect(body).toEqual(openApi);
  });
});

describe('an answer is not as described', () => {
  const request = { method: 'GET', path: '/healthz' };
  const good = { status: 200, contentType: 'application/json', body: { status: 'ok', version: '1' } };

  test('when it has a field more, a field less, or one of another kind', () => {
    const bodies = [{ ...good.body, more: 1 }, { status: 'ok' }, { ...good.body, version: 1 }];
    for (const body of bodies) expect(undocumented(request, { ...good, body })).toContain('GET /healthz 200');
    expect(undocumented(request, good)).toBeUndefined();
  });

  test('when its status or content type is another', () => {
    expect(undocumented(request, { ...good, status: 418 })).toContain('no such status');
    expect(undocumented(request, { ...good, contentType: 'text/html' })).toContain("type 'text/html'");
  });

  test('whatever the parameter in its path is', () => {
    expect(operationAt('GET', '/v1/products/a%2Fb?storeId=s1')?.template).toBe('/v1/products/{id}');
  });
});
