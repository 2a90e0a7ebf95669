import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProblemBody } from '../../src/gateway/problem.ts';
import { BODY_BYTES_MAX } from '../../src/gateway/wire.ts';
import type { ResultCache } from '../../src/recommender/result-cache.ts';
import { openTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway();
});

afterEach(() => gateway.close());

const json = { 'content-type': 'application/json' };

async function problem(path: string, init: RequestInit) {
  const response = await gateway.app.request(path, init);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const body = (await response.json()) as ProblemBody;
  expect(body).toMatchObject({
    status: response.status,
    title: expect.any(String),
    detail: expect.any(String),
  });
  expect(body.type).toMatch(/^https:\/\/basketlift\.dev\/problems\/[a-z-]+$/);
  expect(response.headers.get('x-request-id')).toBe(body.requestId);
  return body;
}

describe('every refusal is problem+json with the request id that the log has', () => {
  test.each([
    ['GET', '/nowhere'],
    ['GET', '/v1/nowhere'],
    ['GET', '/v1/suggestions'],
    ['PROPFIND', '/v1/products'],
  ])('%s %s is a 404', async (method, path) => {
    expect((await problem(path, { method, headers: json })).status).toBe(404);
  });

  test('a path of 100,000 characters is a 404 that does not repeat it', async () => {
    const { detail, status } = await problem(`/${'x'.repeat(100_000)}`, {});
    expect([status, detail.length < 300]).toEqual([404, true]);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'multipart/form-data',
    '',
  ])('a body of type "%s" is a 415', async (type) => {
    for (const path of ['/v1/suggestions', '/v1/events', '/v1/stock']) {
      const init = { method: 'POST', body: '{}', headers: { 'content-type': type, 'content-length': '2' } };
      expect((await problem(path, init)).status).toBe(415);
    }
  });

  test('a POST without a body needs no type, and is a 400 where a body is needed', async () => {
    const init = { method: 'POST' };
    expect((await problem('/v1/contests/none/settle', init)).status).toBe(404);
    expect((await problem('/v1/suggestions', init)).status).toBe(400);
  });

  test.each([
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'content-type': 'text/plain', 'content-length': '0' },
  ])('a POST without a body from another origin or with another type is a 415: %o', async (headers) => {
    expect((await problem('/v1/contests/none/settle', { method: 'POST', headers })).status).toBe(415);
  });

  test('a compressed body is a 415 that says so, and one that is as it is none', async () => {
    const init = (coding: string) => ({
      method: 'POST',
      body: '{"basket":[]}',
      headers: { ...json, 'content-encoding': coding },
    });
    expect(await problem('/v1/suggestions', init('gzip'))).toMatchObject({
      status: 415,
      detail: "Wanted a body without Content-Encoding; got 'gzip'.",
    });
    expect((await gateway.app.request('/v1/suggestions', init('Identity'))).status).toBe(200);
  });

  test('JSON with a charset is JSON', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    const init = { method: 'POST', headers, body: '{"basket":[]}' };
    expect((await gateway.app.request('/v1/suggestions', init)).status).toBe(200);
  });

  test('a body announced as too large is a 413 before any of it is read', async () => {
    let pulled = 0;
    const body = endless(() => pulled++);
    const headers = { ...json, 'content-length': String(100 * 1024 * 1024) };
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
    expect((await problem('/v1/suggestions', init)).status).toBe(413);
    expect(pulled).toBeLessThanOrEqual(1);
  });

  test('a body that never ends is a 413 once it is too large', async () => {
    let pulled = 0;
    const headers = { ...json, 'transfer-encoding': 'chunked' };
    const init = { method: 'POST', headers, body: endless(() => pulled++), duplex: 'half' } as RequestInit;
    expect((await problem('/v1/stock', init)).status).toBe(413);
    expect(pulled * CHUNK_BYTES).toBeLessThan(2 * BODY_BYTES_MAX);
    expect(gateway.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1:8787',
    'evil.example:localhost',
    '',
  ])('a Host of "%s" is a 403, because another site may point its name at this machine', async (host) => {
    for (const path of ['/v1/products', '/', '/healthz', '/metrics']) {
      expect((await problem(path, { headers: { host } })).status).toBe(403);
    }
  });

  test.each(['localhost', 'LOCALHOST:8787', '127.0.0.1:1', '127.1.2.3', '[::1]', '[::1]:8787'])(
    'a Host of %s is this machine',
    async (host) => {
      expect((await gateway.app.request('/healthz', { headers: { host } })).status).toBe(200);
    },
  );

  test('an internal failure is a 500 without details, which the log has under the same id', async () => {
    await gateway.close();
    gateway = openTestGateway({ cache: brokenCache });
    const init = { method: 'POST', headers: json, body: '{"basket":[]}' };
    const body = await problem('/v1/suggestions', init);
    expect(body.status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('inner secret');
    const line = gateway.lines.find(({ message }) => message === 'request failed');
    expect(line).toMatchObject({
      level: 'error',
      facts: { requestId: body.requestId, err: expect.any(Error) },
    });
    expect((await gateway.get('/healthz')).status).toBe(200);
  });
});

describe('of each request the gateway keeps', () => {
  test('one line with its id, and never a key, a body or a customer', async () => {
    const request = { basket: [{ productId: 'secret-product' }], customerId: 'secret-customer' };
    const init = {
      method: 'POST',
      headers: { ...json, authorization: 'Bearer secret-key' },
      body: JSON.stringify(request),
    };
    const response = await gateway.app.request('/v1/suggestions', init);
    expect(gateway.lines).toEqual([
      {
        level: 'info',
        message: 'request',
        facts: {
          requestId: response.headers.get('x-request-id'),
          method: 'POST',
          path: '/v1/suggestions',
          status: 200,
          ms: expect.any(Number),
        },
      },
    ]);
    expect(JSON.stringify(gateway.lines)).not.toContain('secret');
  });

  test('its time under a route that names no ids', async () => {
    await gateway.get('/v1/products/cable');
    await gateway.get('/v1/decisions/d-1');
    await gateway.get('/v1/no-such-thing/7');
    await gateway.get('/nowhere');
    expect(gateway.telemetry.requests.map(({ route }) => route)).toEqual([
      'GET /v1/products/:id',
      'GET /v1/decisions/:id',
      expect.not.stringContaining('7'),
      expect.not.stringContaining('nowhere'),
    ]);
  });
});

describe('its health', () => {
  test('is ready with the model and the state of each part', async () => {
    gateway.state.parts = [{ name: 'cache', state: 'unavailable', isHealthy: false }];
    const { status, body } = await gateway.get('/readyz');
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'ready',
      modelVersion: 'small-1',
      degraded: ['cache'],
      parts: { cache: 'unavailable' },
    });
    expect((await gateway.get('/healthz')).body).toEqual({ status: 'ok', version: 'test' });
    expect((await gateway.get('/metrics')).status).toBe(200);
  });

  test('is not ready while stopping, and says when to come back', async () => {
    gateway.state.isStopping = true;
    const { status, headers, body } = await gateway.get('/readyz');
    expect([status, headers.get('retry-after'), body.status]).toEqual([503, '5', 'stopping']);
    expect((await gateway.get('/healthz')).status).toBe(200);
  });
});

const brokenCache: ResultCache = {
  state: 'connected',
  getOrCompute() {
    throw new Error('inner secret');
  },
  close: () => Promise.resolve(),
};

const CHUNK_BYTES = 64 * 1024;

function endless(onPull: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      onPull();
      controller.enqueue(new Uint8Array(CHUNK_BYTES).fill(0x20));
    },
  });
}
