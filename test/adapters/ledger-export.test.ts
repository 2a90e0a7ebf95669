import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withScratch } from '../../src/adapters/duckdb-scratch.ts';
import { exportLedger } from '../../src/adapters/ledger-export.ts';
import type { DecisionRecord } from '../../src/ledger/decision.ts';
import type { LedgerEvent, StoredEvent } from '../../src/ledger/events.ts';
import { recordEvent } from '../../src/ledger/recorded-event.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const tenant = 'default';
const nowMs = Date.parse('2026-05-02T00:00:00Z');

function stored(event: LedgerEvent): StoredEvent {
  const recorded = recordEvent(event);
  if ('refused' in recorded) throw new Error(recorded.refused);
  return { event: recorded, receivedAtMs: nowMs - 1000, tenant, schemaVersion: 1 };
}

const sale = (n: number, more: object = {}) =>
  stored({
    id: `s${n}`,
    type: 'sale',
    at: '2026-05-01T23:30:00.250+02:00',
    basketId: `b${n}`,
    storeId: 's6',
    agentId: 'a1',
    channel: 'till',
    currency: 'EUR',
    lines: [
      { productId: 'A', quantity: 2, unitPrice: 3.5, discount: 0.05, unitCost: 2 },
      { productId: 'B', quantity: 0.125, unitPrice: 8 },
    ],
    ...more,
  } as LedgerEvent);

const refund = stored({
  id: 'r1',
  type: 'refund',
  at: '2026-05-01T10:00:00Z',
  basketId: 'b1',
  currency: 'EUR',
  lines: [{ productId: 'A', quantity: 1, unitPrice: 3.5 }],
});
const accepted = stored({
  id: 'o1',
  type: 'outcome',
  at: '2026-05-01T10:00:00-03:30',
  decisionId: 'd1',
  productId: 'A',
  result: 'accepted',
});

const decision: DecisionRecord = {
  decisionId: 'd1',
  tenant,
  basketId: 'b1',
  storeId: 's6',
  customer: 'pseudonym',
  atMs: nowMs - 500,
  arm: 'treatment',
  holdoutShare: 0.1,
  modelVersion: 'v1',
  rulesVersion: 3,
  stockEpoch: 9,
  objective: 'value',
  basket: [
    { productId: 'C', quantity: 1 },
    { productId: "D'", quantity: 2, unitPrice: 1.5 },
  ],
  candidates: [
    { productId: 'A', probability: 0.25, expectedValue: 1.5, verdict: 'suggested', inclusion: 0.2 },
    { productId: 'Z', probability: 0.5, expectedValue: null, verdict: 'declined' },
  ],
  suggestions: ['A', 'P'],
  degraded: ['cache'],
};

async function exported(
  events: readonly StoredEvent[],
  decisions: readonly DecisionRecord[] = [],
  rowsPerFile?: number,
) {
  const folder = join(temporaryFolder(), 'out');
  const manifest = await exportLedger({
    events: { events: () => events, decisions: () => decisions },
    tenant,
    folder,
    nowMs,
    ...(rowsPerFile !== undefined && { rowsPerFile }),
  });
  const rows = (sql: string) =>
    withScratch((scratch) =>
      scratch.rows(
        sql.replaceAll(/@([\w/]+)/g, (_, files) => `read_parquet('${folder}/${files}-*.parquet')`),
      ),
    );
  return { folder, manifest, rows };
}

describe('an exported ledger', () => {
  test('has receipt lines as train reads them, also in minor units, with times and their clocks', async () => {
    const { rows } = await exported([
      sale(1),
      refund,
      sale(2, { currency: 'JPY', lines: [{ productId: 'A', quantity: 1, unitPrice: 300 }] }),
    ]);
    expect(
      await rows(
        'SELECT basket_id, product_id, quantity, unit_price, discount, unit_cost, store_id, agent_id, currency FROM @receipts',
      ),
    ).toEqual([
      ['b1', 'A', 2, 3.5, 0.05, 2, 's6', 'a1', 'EUR'],
      ['b1', 'B', 0.125, 8, null, null, 's6', 'a1', 'EUR'],
      ['b2', 'A', 1, 300, null, null, 's6', 'a1', 'JPY'],
    ]);
    expect(
      await rows(
        "SELECT unit_price_minor::INTEGER, epoch_ms(sold_at)::DOUBLE, utc_offset_minutes FROM @receipts WHERE product_id = 'A'",
      ),
    ).toEqual([
      [350, Date.parse('2026-05-01T21:30:00.250Z'), 120],
      [300, Date.parse('2026-05-01T21:30:00.250Z'), 120],
    ]);
    expect(await rows('SELECT basket_id, quantity, store_id FROM @_ledger/refunds')).toEqual([
      ['b1', 1, null],
    ]);
  });

  test('has what was said, by whom a sale was made, and what was decided', async () => {
    const split = [
      { agentId: 'a1', percent: 33.33 },
      { agentId: 'a2', percent: 66.67 },
    ];
    const { rows } = await exported([sale(1, { split }), accepted], [decision]);
    expect(await rows('SELECT place, agent_id, percent FROM @_ledger/splits')).toEqual([
      [1, 'a1', 33.33],
      [2, 'a2', 66.67],
    ]);
    expect(
      await rows(
        'SELECT event_id, type, result, decision_id, product_id, utc_offset_minutes FROM @_ledger/responses',
      ),
    ).toEqual([['o1', 'outcome', 'accepted', 'd1', 'A', -210]]);
    expect(
      await rows(
        "SELECT decision_id, customer, arm, holdout_share, array_to_string(products, '|'), list_sum(quantities), unit_prices[2], array_to_string(degraded, '|') FROM @_ledger/decisions",
      ),
    ).toEqual([['d1', 'pseudonym', 'treatment', 0.1, "C|D'", 3, 1.5, 'cache']]);
    // A pinned product may be none of the candidates.
    expect(
      await rows(
        'SELECT place, product_id, probability, expected_value, chance, is_explored FROM @_ledger/suggestions',
      ),
    ).toEqual([
      [1, 'A', 0.25, 1.5, 0.2, false],
      [2, 'P', null, null, 1, false],
    ]);
  });

  test('lies in files of bounded size, which the manifest lists with what they hold', async () => {
    const sales = Array.from({ length: 5500 }, (_, n) => sale(n));
    const { folder, manifest, rows } = await exported(sales, [], 4000);
    const receipts = manifest.files.filter(({ path }) => path.startsWith('receipts-'));
    expect(receipts.map(({ path }) => path)).toEqual([1, 2, 3].map((n) => `receipts-000${n}.parquet`));
    expect(receipts.map((file) => file.rows)).toEqual([4000, 4000, 3000]);
    for (const { path, bytes, sha256 } of manifest.files) {
      const content = readFileSync(join(folder, path));
      expect([content.byteLength, createHash('sha256').update(content).digest('hex')]).toEqual([
        bytes,
        sha256,
      ]);
    }
    expect(await rows('SELECT count(DISTINCT basket_id)::INTEGER, sum(quantity) FROM @receipts')).toEqual([
      [5500, 5500 * 2.125],
    ]);
    expect(JSON.parse(readFileSync(join(folder, '_manifest.json'), 'utf8'))).toEqual(manifest);
  });

  test('of an empty ledger has every table, without rows', async () => {
    const { manifest, rows } = await exported([]);
    expect(manifest.files.map(({ path, rows }) => [path, rows])).toEqual(
      [
        'receipts',
        '_ledger/refunds',
        '_ledger/splits',
        '_ledger/responses',
        '_ledger/decisions',
        '_ledger/suggestions',
      ].map((table) => [`${table}-0001.parquet`, 0]),
    );
    expect(await rows('SELECT * FROM @receipts')).toEqual([]);
  });

  test('is not written into a folder that holds something', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'full'));
    writeFileSync(join(folder, 'full', 'note.txt'), 'mine');
    const events = { events: () => [], decisions: () => [] };
    await expect(exportLedger({ events, tenant, folder: join(folder, 'full'), nowMs })).rejects.toThrow(
      'is not empty',
    );
  });
});
