import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportLedger } from '../../../src/adapters/ledger-export.ts';
import type { DecisionRecord } from '../../../src/ledger/decision.ts';
import type { StoredEvent } from '../../../src/ledger/events.ts';
import { recordEvent } from '../../../src/ledger/recorded-event.ts';
import { IngestError } from '../../../src/training/ingest/ingest-error.ts';
import { readOffers } from '../../../src/training/ingest/read-offers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const tenant = 'default';
const nowMs = Date.parse('2026-05-02T00:00:00Z');

function decided(decisionId: string, facts: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    decisionId,
    tenant,
    basketId: 'b1',
    channel: 'till',
    atMs: nowMs,
    arm: 'treatment',
    holdoutShare: 0.1,
    modelVersion: 'v1',
    rulesVersion: 0,
    stockEpoch: 0,
    objective: 'value',
    degraded: [],
    candidates: [],
    basket: [
      { productId: 'C', quantity: 1 },
      { productId: "D'", quantity: 2 },
    ],
    suggestions: ['A', 'B'],
    ...facts,
  };
}

let events = 0;

/** What was said of a product at a minute; shown only where no result is given. */
function said(decisionId: string, productId: string, minute: number, result?: string): StoredEvent {
  const recorded = recordEvent({
    id: `e${events++}`,
    type: result ? 'outcome' : 'shown',
    decisionId,
    productId,
    at: `2026-05-01T10:${String(minute).padStart(2, '0')}:00Z`,
    ...(result && { result }),
  } as never);
  if ('refused' in recorded) throw new Error(recorded.refused);
  return { event: recorded, receivedAtMs: nowMs, tenant, schemaVersion: 1 };
}

async function offersOf(decisions: DecisionRecord[], responses: StoredEvent[], offersMax?: number) {
  const folder = join(temporaryFolder(), 'export');
  await exportLedger({
    events: { events: () => responses, decisions: () => decisions },
    tenant,
    folder,
    nowMs,
  });
  return readOffers(folder, offersMax);
}

const short = ({ offers }: Awaited<ReturnType<typeof offersOf>>) =>
  offers.map(({ decisionId, productId, isAccepted }) => `${decisionId} ${productId} ${isAccepted}`);

describe('offers of an export', () => {
  test('have the basket, channel, store and customer, and the time of the decision or first outcome', async () => {
    const read = await offersOf(
      [
        decided('d1', { customer: 'pseudonym', channel: 'call', storeId: 's1' }),
        decided('d2', { basketId: 'b2', atMs: Date.parse('2026-05-01T09:00:00Z') }),
      ],
      [said('d1', 'A', 1), said('d1', 'A', 3, 'accepted'), said('d2', 'B', 2)],
    );
    expect(read).toEqual({
      tenant,
      offers: [
        {
          madeAtMs: Date.parse('2026-05-01T09:00:00Z'),
          basketId: 'b2',
          decisionId: 'd2',
          channel: 'till',
          storeId: undefined,
          customer: undefined,
          basket: ['C', "D'"],
          productId: 'B',
          isAccepted: false,
        },
        {
          madeAtMs: Date.parse('2026-05-01T10:01:00Z'),
          basketId: 'b1',
          decisionId: 'd1',
          channel: 'call',
          storeId: 's1',
          customer: 'pseudonym',
          basket: ['C', "D'"],
          productId: 'A',
          isAccepted: true,
        },
      ],
    });
  });

  test('count a product once in a basket, by the last word, and by words before silence', async () => {
    const decisions = [decided('d1'), decided('d2')];
    const corrected = [said('d1', 'A', 1, 'accepted'), said('d1', 'A', 2, 'declined'), said('d2', 'A', 3)];
    expect(short(await offersOf(decisions, corrected))).toEqual(['d1 A false']);
    const silent = [said('d1', 'A', 1), said('d2', 'A', 2), said('d2', 'B', 2, 'accepted')];
    expect(short(await offersOf(decisions, silent))).toEqual(['d2 A false', 'd2 B true']);
  });

  test('leave out holdouts, questions of analysts, products not suggested and those not offered', async () => {
    const decisions = [
      decided('d1', { arm: 'holdout' }),
      decided('d2', { basketId: 'b2', objective: 'probability' }),
      decided('d3', { basketId: 'b3' }),
    ];
    const responses = [
      ...['d1', 'd2', 'd4'].map((id) => said(id, 'A', 1, 'accepted')),
      said('d3', 'Q', 1, 'accepted'),
      said('d3', 'A', 1),
      said('d3', 'A', 2, 'not-offered'),
      said('d3', 'B', 2, 'declined'),
    ];
    expect(short(await offersOf(decisions, responses))).toEqual(['d3 B false']);
  });

  test('are the newest of many', async () => {
    const decisions = Array.from({ length: 6 }, (_, n) => decided(`d${n}`, { basketId: `b${n}` }));
    const responses = decisions.map(({ decisionId }, n) => said(decisionId, 'A', 10 - n));
    expect(short(await offersOf(decisions, responses, 2))).toEqual(['d1 A false', 'd0 A false']);
  });

  test('of a folder that is not a complete export are refused, with what to do', async () => {
    const folder = temporaryFolder();
    await expect(readOffers(folder)).rejects.toThrow(IngestError);
    await expect(readOffers(folder)).rejects.toThrow(/no complete export.*basketlift export/);
    const cut = join(folder, 'cut');
    await exportLedger({ events: { events: () => [], decisions: () => [] }, tenant, folder: cut, nowMs });
    expect((await readOffers(cut)).offers).toEqual([]);
    rmSync(join(cut, '_manifest.json'));
    await expect(readOffers(cut)).rejects.toThrow(IngestError);
  });
});
