import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DECISION_CANDIDATES_MAX } from '../../src/ledger/decision.ts';
import type { EventStore } from '../../src/ledger/event-store.ts';
import type { LedgerEvent, RecordedEvent } from '../../src/ledger/events.ts';
import {
  anyDecision,
  decisionRecord,
  outcomeEvent,
  repeatingEvents,
  saleEvent,
} from '../support/ledger-events.ts';

/** One place for events, opened and opened again. */
export interface EventStorePlace {
  open(): Promise<EventStore>;
  /** Lets go all that was opened; the place keeps what was stored. */
  close(): Promise<void>;
  remove(): Promise<void>;
}

/** What every EventStore guarantees. @param makePlace an empty place for one test */
export function testEventStoreContract(name: string, makePlace: () => Promise<EventStorePlace>): void {
  describe(`${name} keeps the EventStore contract`, () => {
    let place: EventStorePlace;
    let store: EventStore;

    beforeEach(async () => {
      place = await makePlace();
      store = await place.open();
    });

    afterEach(async () => {
      await place.close();
      await place.remove();
    });

    const ids = (of: EventStore = store) => [...of.events('t')].map(({ event }) => event.id);

    test('an event is stored, money in minor units, and comes back whole', async () => {
      const sale = saleEvent('e1');
      expect(await store.append('t', [sale], 42)).toEqual([{ id: 'e1', status: 'stored' }]);
      expect([...store.events('t')]).toEqual([
        {
          tenant: 't',
          receivedAtMs: 42,
          schemaVersion: 1,
          event: {
            ...sale,
            lines: [
              { productId: 'A', quantity: 2, unitPriceMinor: 350, discountMinor: 70, unitCostMinor: 110 },
              { productId: 'B', quantity: 0.25, unitPriceMinor: 1999 },
            ],
          },
        },
      ]);
    });

    test('an event is stored as it is completed, and is the same event whatever it is completed with', async () => {
      const sale = saleEvent('e1');
      const completed = (holdingSavedMinor: number) => (event: RecordedEvent) =>
        event.type === 'sale'
          ? { ...event, lines: event.lines.map((line) => ({ ...line, holdingSavedMinor })) }
          : event;
      expect(await store.append('t', [sale], 42, completed(14.4))).toEqual([{ id: 'e1', status: 'stored' }]);
      expect(await store.append('t', [sale], 43, completed(12))).toEqual([{ id: 'e1', status: 'duplicate' }]);
      expect(await store.append('t', [sale], 44)).toEqual([{ id: 'e1', status: 'duplicate' }]);
      expect([...store.events('t')].map(({ event }) => event)).toHaveLength(1);
      expect([...store.events('t')][0]!.event).toMatchObject({
        lines: [{ holdingSavedMinor: 14.4 }, { holdingSavedMinor: 14.4 }],
      });
      const other = { ...sale, storeId: 'elsewhere' };
      expect((await store.append('t', [other], 45, completed(14.4)))[0]!.status).toBe('rejected');
    });

    test('an event that may not be completed is rejected; one that is stored already is a duplicate', async () => {
      const refusing = () => ({ refused: 'too late' });
      const rejected = { id: 'e1', status: 'rejected', reason: 'too late' };
      expect(await store.append('t', [saleEvent('e1')], 1, refusing)).toEqual([rejected]);
      expect(ids()).toEqual([]);
      expect(await store.append('t', [saleEvent('e1')], 2)).toEqual([{ id: 'e1', status: 'stored' }]);
      expect(await store.append('t', [saleEvent('e1')], 3, refusing)).toEqual([
        { id: 'e1', status: 'duplicate' },
      ]);
    });

    test('a line that costs less than nothing is rejected', async () => {
      const lines = [{ productId: 'A', quantity: 1, unitPrice: 1, discount: 2 }];
      const [bad] = await store.append('t', [saleEvent('e1', { lines })], 1);
      expect(bad).toMatchObject({ status: 'rejected', reason: expect.stringContaining('lines/0/discount') });
      expect(ids()).toEqual([]);
    });

    test('the same id again is a duplicate, however its fields are ordered; the first arrival stays', async () => {
      const event = outcomeEvent('e1');
      const turned = Object.fromEntries(Object.entries(event).reverse()) as unknown as LedgerEvent;
      await store.append('t', [event], 1);
      expect(await store.append('t', [turned], 2)).toEqual([{ id: 'e1', status: 'duplicate' }]);
      expect([...store.events('t')]).toMatchObject([{ receivedAtMs: 1 }]);
    });

    test('the same id with other content is rejected with a reason', async () => {
      await store.append('t', [outcomeEvent('e1')], 1);
      const [result] = await store.append('t', [outcomeEvent('e1', { result: 'declined' })], 2);
      expect(result).toMatchObject({ id: 'e1', status: 'rejected', reason: expect.stringContaining('id') });
      expect([...store.events('t')]).toMatchObject([{ event: { result: 'accepted' } }]);
    });

    test('repetitions within one batch are reported in the order of the events', async () => {
      const other = outcomeEvent('e1', { result: 'declined' });
      const batch = [outcomeEvent('e1'), saleEvent('e2'), outcomeEvent('e1'), other, saleEvent('e2')];
      const results = await store.append('t', batch, 1);
      expect(results.map(({ id }) => id)).toEqual(['e1', 'e2', 'e1', 'e1', 'e2']);
      const statuses = results.map(({ status }) => status);
      expect(statuses).toEqual(['stored', 'stored', 'duplicate', 'rejected', 'duplicate']);
    });

    test('an invalid amount of its currency is rejected with its path, and the other events are stored', async () => {
      const lines = [{ productId: 'A', quantity: 1, unitPrice: 1.005 }];
      const [bad, good] = await store.append('t', [saleEvent('e1', { lines }), saleEvent('e2')], 1);
      expect(bad).toMatchObject({ status: 'rejected', reason: expect.stringContaining('lines/0/unitPrice') });
      expect(good).toEqual({ id: 'e2', status: 'stored' });
      expect(ids()).toEqual(['e2']);
    });

    test('an empty batch is answered, and the next one too', async () => {
      expect(await store.append('t', [], 1)).toEqual([]);
      expect(await store.append('t', [outcomeEvent('e1')], 1)).toHaveLength(1);
    });

    test('tenants do not see or disturb each other', async () => {
      await store.append('t', [outcomeEvent('e1')], 1);
      const [result] = await store.append('u', [outcomeEvent('e1', { result: 'declined' })], 1);
      expect(result?.status).toBe('stored');
      expect([...store.events('u')]).toMatchObject([{ tenant: 'u', event: { result: 'declined' } }]);
      expect([...store.events('nobody')]).toEqual([]);
    });

    test('any text is an id or a tenant', async () => {
      const texts = [
        '',
        ' ',
        '__proto__',
        'constructor',
        'a\u0000b',
        'a\nb',
        '\ud800',
        '💶',
        'x'.repeat(100_000),
      ];
      for (const text of texts) {
        const [first] = await store.append(text, [outcomeEvent(text)], 1);
        const [again] = await store.append(text, [outcomeEvent(text)], 1);
        expect([first?.status, again?.status]).toEqual(['stored', 'duplicate']);
        expect([...store.events(text)]).toHaveLength(1);
      }
    });

    test('concurrent appends of one event store it once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          store.append('t', [outcomeEvent('e1'), saleEvent(`s${i % 7}`)], i),
        ),
      );
      const first = answers.map(([result]) => result?.status);
      expect(first.filter((status) => status === 'stored')).toHaveLength(1);
      expect(first.filter((status) => status === 'duplicate')).toHaveLength(99);
      expect(ids()).toHaveLength(8);
    });

    test('any split into batches and any repetition gives the same store, in order of first arrival', async () => {
      let tenants = 0;
      await fc.assert(
        fc.asyncProperty(
          repeatingEvents,
          fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
          async (events, sizes) => {
            const tenant = `split${tenants++}`;
            const appended: Promise<unknown>[] = [];
            for (let i = 0; i < events.length; ) {
              const size = sizes.next().value as number;
              appended.push(store.append(tenant, events.slice(i, i + size), i));
              i += size;
            }
            await Promise.all(appended);
            const kept = [...store.events(tenant)].map(({ event }) => event.id);
            expect(kept).toEqual([...new Set(events.map(({ id }) => id))]);
          },
        ),
        { numRuns: 40 },
      );
    });

    test('events come in order of arrival, also more than one page of them and while more arrive', async () => {
      const batch = (from: number, n: number) =>
        Array.from({ length: n }, (_, i) => outcomeEvent(`e${from + i}`));
      await store.append('t', batch(0, 1_200), 1);
      const seen: string[] = [];
      for (const { event } of store.events('t')) {
        seen.push(event.id);
        if (seen.length === 700) await store.append('t', batch(1_200, 10), 2);
      }
      expect(seen).toEqual(batch(0, 1_210).map(({ id }) => id));
    });

    test('events, ids and decisions survive reopening', async () => {
      await store.append('t', [outcomeEvent('e1')], 1);
      store.record(decisionRecord('d1'));
      await place.close();
      store = await place.open();
      expect(store.decision('t', 'd1')).toEqual(decisionRecord('d1'));
      const results = await store.append('t', [outcomeEvent('e1'), outcomeEvent('e2')], 2);
      expect(results.map(({ status }) => status)).toEqual(['duplicate', 'stored']);
      expect(ids()).toEqual(['e1', 'e2']);
    });

    test('a decision is found at once, and after a flush also on disk, in order of ids', async () => {
      expect(store.record(decisionRecord('018f-2'))).toBe(true);
      expect(store.record(decisionRecord('018f-1', { arm: 'holdout' }))).toBe(true);
      expect(store.decision('t', '018f-1')).toEqual(decisionRecord('018f-1', { arm: 'holdout' }));
      expect(store.decision('u', '018f-1')).toBeUndefined();
      expect(store.pending()).toBe(2);
      await store.flush();
      expect(store.pending()).toBe(0);
      expect([...store.decisions('t')].map(({ decisionId }) => decisionId)).toEqual(['018f-1', '018f-2']);
      expect(store.decision('t', '018f-2')).toEqual(decisionRecord('018f-2'));
    });

    test('the facts of any number of decisions can be read without their candidates', async () => {
      const ids = Array.from({ length: 600 }, (_, i) => `018f-${String(i).padStart(3, '0')}`);
      for (const id of ids) store.record(decisionRecord(id, { customer: 'anna', language: 'en' }));
      store.record(decisionRecord('018f-000', { tenant: 'u' }));
      await store.flush();
      const facts = [...store.decisionFacts('t')];
      expect(facts.map(({ decisionId }) => decisionId)).toEqual(ids);
      const { tenant, basketId, storeId, atMs, arm, holdoutShare, objective, ...more } = decisionRecord(
        ids[7]!,
      );
      const { basket, suggestions } = more;
      const wanted = { tenant, basketId, storeId, atMs, arm, holdoutShare, objective, basket, suggestions };
      expect(facts[7]).toEqual({ ...wanted, decisionId: ids[7], customer: 'anna' });
    });

    test('any decision comes back from disk as it was recorded', async () => {
      let decisions = 0;
      await fc.assert(
        fc.asyncProperty(anyDecision, async (changes) => {
          const decision = decisionRecord(`d${decisions++}`, changes);
          store.record(decision);
          await store.flush();
          expect(store.decision('t', decision.decisionId)).toEqual(decision);
        }),
        { numRuns: 60 },
      );
    });

    test('candidates beyond the bound are dropped, the most probable stay', async () => {
      const candidate = { probability: 0.5, expectedValue: 1, verdict: 'suggested' };
      const candidates = Array.from({ length: 300 }, (_, i) => ({ ...candidate, productId: `P${i}` }));
      store.record(decisionRecord('d1', { candidates }));
      await store.flush();
      expect(store.decision('t', 'd1')?.candidates).toEqual(candidates.slice(0, DECISION_CANDIDATES_MAX));
    });

    test('a decision is written by itself soon, once', async () => {
      store.record(decisionRecord('d1'));
      await expect.poll(() => store.pending()).toBe(0);
      store.record(decisionRecord('d1', { arm: 'holdout' }));
      await store.flush();
      expect([...store.decisions('t')]).toEqual([decisionRecord('d1')]);
    });

    test('a closed store refuses without harm, and can be closed twice', async () => {
      await store.close();
      await store.close();
      expect(store.record(decisionRecord('d1'))).toBe(false);
      await expect(store.append('t', [outcomeEvent('e1')], 1)).rejects.toMatchObject({
        reason: 'unavailable',
      });
    });
  });
}
