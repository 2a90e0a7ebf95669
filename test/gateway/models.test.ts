import { afterEach, describe, expect, test } from 'vitest';
import type { ModelChange, ModelKeeper } from '../../src/gateway/model-keeper.ts';
import { addKey } from '../support/made-key.ts';
import { openTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

afterEach(() => gateway.close());

/** A gateway whose registry answers each change so, and notes what it was asked for. */
function openWith(change: ModelChange): string[] {
  const asked: string[] = [];
  const models: ModelKeeper = {
    tenant: 'default',
    rememberedBaskets: 7,
    list: async () => [
      { version: 'v2', isServing: true, createdAt: '2026-05-01T00:00:00.000Z', data: null, evaluation: null },
    ],
    evaluation: async (version) => (version === 'v2' ? { ...MEASURED, version } : undefined),
    async promote(version) {
      asked.push(version);
      return change;
    },
    async rollback() {
      asked.push('rollback');
      return change;
    },
  };
  gateway = openTestGateway({ models });
  return asked;
}

const MEASURED = {
  questions: 9,
  methods: [
    { name: 'basketlift', hitRate: { 1: 0.1, 3: 0.2, 10: 0.3 }, ndcg10: 0.2, mrr: 0.15, coverage: 1 },
  ],
  byBasketLength: [],
  calibration: { error: 0.01, bins: [] },
};
const served: ModelChange = { status: 'serving', version: 'v2', before: 'v1' };

describe('the models of a gateway', () => {
  test('are listed', async () => {
    openWith(served);
    const { body } = await gateway.get('/v1/models');
    expect(body.models).toEqual([expect.objectContaining({ version: 'v2', isServing: true })]);
  });

  test('have an evaluation, where one was measured', async () => {
    openWith(served);
    expect((await gateway.get('/v1/models/v2/evaluation')).body).toEqual({ ...MEASURED, version: 'v2' });
    const { status, body } = await gateway.get('/v1/models/v9/evaluation');
    expect([status, body.detail]).toEqual([404, expect.stringContaining("'v9'")]);
  });

  test('are promoted and rolled back by name, and the answer says what serves and what served', async () => {
    const asked = openWith(served);
    const answer = { modelVersion: 'v2', previousVersion: 'v1' };
    expect((await gateway.post('/v1/models/v2/promote', {})).body).toEqual(answer);
    expect((await gateway.post('/v1/models/rollback', {})).body).toEqual(answer);
    expect(asked).toEqual(['v2', 'rollback']);
  });

  test.each([
    ['refused', 422, 'model-refused', null],
    ['unknown', 404, 'not-found', null],
    ['fixed', 409, 'model-fixed', null],
    ['busy', 503, 'busy', '2'],
    ['unavailable', 503, 'unavailable', '2'],
  ] as const)('that are %s answer %d and say why', async (status, code, type, retryAfter) => {
    openWith({ status, reason: 'Because.' });
    for (const path of ['/v1/models/v2/promote', '/v1/models/rollback']) {
      const { status: got, headers, body } = await gateway.post(path, {});
      expect(got).toBe(code);
      expect(body).toMatchObject({ type: `https://basketlift.dev/problems/${type}`, detail: 'Because.' });
      expect(headers.get('retry-after')).toBe(retryAfter);
    }
  });

  test('cannot be changed with a key of another tenant or of some stores only', async () => {
    const asked = openWith(served);
    const other = await addKey(gateway.folder, 'admin', { tenant: 'north' });
    const some = await addKey(gateway.folder, 'admin', { stores: ['s1'] });
    for (const { headers } of [other, some]) {
      for (const path of ['/v1/models/v2/promote', '/v1/models/rollback'])
        expect((await gateway.post(path, {}, headers)).status).toBe(403);
      expect((await gateway.get('/v1/models', headers)).status).toBe(200);
    }
    expect(asked).toEqual([]);
  });
});
