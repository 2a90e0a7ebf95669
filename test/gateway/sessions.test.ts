import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SESSION_MS } from '../../src/gateway/gatekeeper.ts';
import { addKey, type MadeKey } from '../support/made-key.ts';
import { type Answer, openTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let manager: MadeKey;

beforeEach(async () => {
  gateway = openTestGateway();
  await addKey(gateway.folder, 'admin');
  manager = await addKey(gateway.folder, 'manager', { stores: ['s1'] });
});

afterEach(() => gateway.close());

const ownPage = { origin: 'http://localhost', host: 'localhost', 'sec-fetch-site': 'same-origin' };

const logIn = (headers: Readonly<Record<string, string>> = manager.headers) =>
  gateway.post('/v1/session', {}, headers);
const logOut = (headers: Readonly<Record<string, string>>) =>
  gateway.send('/v1/session', {
    method: 'DELETE',
    headers: { 'content-type': 'application/json', ...headers },
  });

function cookieOf({ headers }: Answer): { cookie: string } {
  return { cookie: headers.get('set-cookie')!.split(';')[0]! };
}

describe('a page that logs in with a key', () => {
  test('gets a cookie that no script and no other site can use, and that is not the key', async () => {
    const answer = await logIn();
    expect(answer.body).toEqual({ scope: 'manager', tenant: 'default' });
    const set = answer.headers.get('set-cookie')!;
    expect(set).toMatch(/^basketlift_session=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(set).not.toContain(manager.key.slice(3));
    expect(cookieOf(await logIn())).not.toEqual(cookieOf(answer));
  });

  test('gets a Secure cookie where TLS ends in front of the gateway', async () => {
    const { headers } = await logIn({ ...manager.headers, 'x-forwarded-proto': 'https' });
    expect(headers.get('set-cookie')).toMatch(/; Secure/);
  });

  test('then may do what the key may, and no more', async () => {
    const cookie = cookieOf(await logIn());
    expect((await gateway.get('/v1/session', cookie)).body).toEqual({
      scope: 'manager',
      tenant: 'default',
      keyId: manager.id,
      isLoggedIn: true,
      stores: ['s1'],
    });
    const question = { basket: [{ productId: 'phone' }], storeId: 's1' };
    expect((await gateway.post('/v1/suggestions', question, { ...cookie, ...ownPage })).status).toBe(200);
    const other = { ...question, storeId: 's2' };
    expect((await gateway.post('/v1/suggestions', other, { ...cookie, ...ownPage })).status).toBe(403);
    expect((await gateway.get('/metrics', cookie)).status).toBe(403);
  });

  test('is found among other cookies', async () => {
    const { cookie } = cookieOf(await logIn());
    expect((await gateway.get('/v1/stores', { cookie: `a=b; ${cookie}; c=d` })).status).toBe(200);
  });

  test.each([
    ['an unknown key', { authorization: `Bearer bl_${'A'.repeat(43)}` }],
    ['no key', {}],
  ])('with %s gets none', async (_, headers) => {
    const answer = await logIn(headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  test('cannot make its log-in last by logging in with the cookie', async () => {
    const cookie = cookieOf(await logIn());
    expect((await gateway.post('/v1/session', {}, { ...cookie, ...ownPage })).status).toBe(401);
  });

  test('needs none where the gateway has no keys', async () => {
    for (const { id } of gateway.folder.keys.list()) await gateway.folder.keys.revoke(id, 1);
    expect((await gateway.get('/v1/session')).body).toEqual({
      scope: 'admin',
      tenant: 'default',
      keyId: null,
      isLoggedIn: false,
      stores: null,
    });
    expect((await logIn()).status).toBe(401);
  });
});

describe('a log-in is over', () => {
  test('when the page logs out, at once and for that page only', async () => {
    const [mine, other] = [cookieOf(await logIn()), cookieOf(await logIn())];
    const answer = await logOut({ ...mine, ...ownPage });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toMatch(/^basketlift_session=; Max-Age=0; Path=\//);
    expect((await gateway.get('/v1/stores', mine)).status).toBe(401);
    expect((await gateway.get('/v1/stores', other)).status).toBe(200);
  });

  test('after a day', async () => {
    const cookie = cookieOf(await logIn());
    gateway.clock.nowMs += SESSION_MS - 1;
    expect((await gateway.get('/v1/stores', cookie)).status).toBe(200);
    gateway.clock.nowMs += 1;
    expect((await gateway.get('/v1/stores', cookie)).status).toBe(401);
  });

  test('as soon as its key is revoked', async () => {
    const cookie = cookieOf(await logIn());
    await gateway.folder.keys.revoke(manager.id, 1);
    expect((await gateway.get('/v1/stores', cookie)).status).toBe(401);
  });
});

describe('another site that makes the browser send the cookie', () => {
  const forged: readonly [string, Record<string, string>][] = [
    ['from another origin', { origin: 'https://evil.example' }],
    ['from another port of this machine', { origin: 'http://localhost:9999' }],
    ['from a sandboxed frame', { origin: 'null' }],
    ['across sites', { 'sec-fetch-site': 'cross-site' }],
    ['from a sibling domain', { 'sec-fetch-site': 'same-site', origin: 'http://localhost' }],
    ['typed by nobody', { 'sec-fetch-site': 'none' }],
    ['without saying where from', {}],
  ];

  test.each(forged)('%s changes nothing', async (_, headers) => {
    const cookie = cookieOf(await logIn());
    const request = { host: 'localhost', ...cookie, ...headers };
    const row = { storeId: 's1', productId: 'cable', onHand: 0, asOf: '2026-05-01T09:00:00Z' };
    const answers = [
      await gateway.post('/v1/stock', { rows: [row] }, request),
      await gateway.post('/v1/events', { events: [{}] }, request),
      await logOut(request),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(403);
      expect(body.detail).toMatch(
        /^Wanted a request of the gateway's own page with this cookie; got Origin /,
      );
    }
    expect((await gateway.get('/v1/products/cable?storeId=s1', cookie)).body.stock.onHand).toBe(200);
  });

  test('is recognised in browsers that send only one of the two headers', async () => {
    const cookie = cookieOf(await logIn());
    for (const headers of [
      { origin: 'http://localhost', host: 'localhost' },
      { 'sec-fetch-site': 'same-origin' },
    ])
      expect((await gateway.post('/v1/events', { events: [{}] }, { ...cookie, ...headers })).status).toBe(
        200,
      );
  });

  test('has no use for a form: the body has to be JSON', async () => {
    const cookie = cookieOf(await logIn());
    const headers = { ...cookie, ...ownPage, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await gateway.send('/v1/events', { method: 'POST', headers, body: 'a=b' })).status).toBe(415);
  });
});
