import { describe, expect, test } from 'vitest';
import { GatewayClient } from '../../src/commands/gateway-client.ts';

type Reply = Response | Error;

const ok = (body: object) => new Response(JSON.stringify(body));
const refusal = (status: number, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ title: 'no', detail: 'Wanted something else.' }), { status, headers });
const lost = (reason = 'connect ECONNREFUSED') => new TypeError('fetch failed', { cause: new Error(reason) });
const MODEL = { modelVersion: 'demo', currency: 'EUR' };
const ROWS = [
  {
    storeId: 's1',
    productId: 'p1',
    onHand: 3,
    demandPerDay: 1,
    targetCoverDays: 30,
    leadTimeDays: 2,
    asOf: '2026-05-01T06:00:00Z',
  },
];

/** A client whose gateway gives these replies in turn, on a clock that only sleeping moves. */
function clientOf(
  replies: Reply[],
  { requestsPerSecond = Number.POSITIVE_INFINITY, patienceMs = 30_000 } = {},
) {
  const sent: { path: string; key: string | undefined; body: string }[] = [];
  const slept: number[] = [];
  let nowMs = 0;
  const client = new GatewayClient({
    async send(path, { headers, body }) {
      sent.push({ path, key: (headers as Record<string, string>).Authorization, body: String(body ?? '') });
      const reply = replies.shift();
      if (reply === undefined) throw new Error('no more replies');
      if (reply instanceof Error) throw reply;
      return reply;
    },
    key: 'bl_key',
    name: 'http://shop',
    parallel: 1,
    requestsPerSecond,
    patienceMs,
    ticks: () => nowMs,
    async sleep(ms) {
      slept.push(ms);
      nowMs += ms;
    },
  });
  return { client, sent, slept };
}

describe('the client of a simulation', () => {
  test('retries after the time in Retry-After when the gateway answers 429 or 503', async () => {
    for (const status of [429, 503]) {
      const replies = [refusal(status, { 'retry-after': '7' }), refusal(status), ok(MODEL)];
      const { client, sent, slept } = clientOf(replies);
      expect(await client.currentModel()).toEqual(MODEL);
      expect(sent.map(({ path }) => path)).toEqual(Array(3).fill('/v1/models/current'));
      expect(slept[0]).toBe(7000);
      expect(client.repeated).toBe(2);
    }
  });

  test('gives up once its patience is over, and says what it last heard', async () => {
    const { client, slept } = clientOf(
      Array.from({ length: 99 }, () => refusal(503, { 'retry-after': '9' })),
    );
    await expect(client.currentModel()).rejects.toThrow(
      'http://shop did not answer for 30 s: GET /v1/models/current answered 503: Wanted something else.',
    );
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(30_000);
  });

  test('does not wait for a gateway that was never there', async () => {
    const { client, sent } = clientOf([lost()]);
    await expect(client.currentModel()).rejects.toThrow(
      'There is no gateway at http://shop: connect ECONNREFUSED. Start one with basketlift serve, or give another --gateway.',
    );
    expect(sent).toHaveLength(1);
  });

  test('sends its key, and does not retry if that key is refused', async () => {
    for (const status of [400, 401, 403, 500]) {
      const { client, sent } = clientOf([refusal(status)]);
      await expect(client.stateStock(ROWS)).rejects.toThrow(
        `http://shop refused: POST /v1/stock answered ${status}: Wanted something else.`,
      );
      expect(sent.map(({ key }) => key)).toEqual(['Bearer bl_key']);
    }
  });

  test('reports an answer that is not from a gateway', async () => {
    const { client } = clientOf([new Response('<html>It works!</html>')]);
    await expect(client.currentModel()).rejects.toThrow(
      "Wanted JSON of a gateway from http://shop; got '<html>It works!</html>'.",
    );
    const { client: other } = clientOf([
      ok({ rejected: [{ row: 0, reason: 'At storeId: wanted another.' }] }),
    ]);
    await expect(other.stateStock(ROWS)).rejects.toThrow(
      'http://shop rejected stock: At storeId: wanted another.',
    );
  });

  test('keeps to its request rate', async () => {
    const { client, slept } = clientOf(
      Array.from({ length: 5 }, () => ok(MODEL)),
      { requestsPerSecond: 4 },
    );
    await Promise.all(Array.from({ length: 5 }, () => client.currentModel()));
    // Four a second, so the fifth is sent after one.
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(1000);
  });
});
