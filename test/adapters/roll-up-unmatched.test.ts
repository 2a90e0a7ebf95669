import { expect, test } from 'vitest';
import { afterEachPart, openFolder, TENANT, wholeBook, writeAll } from '../support/kept-and-folded.ts';
import { decisionRecord, outcomeEvent, saleEvent } from '../support/ledger-events.ts';

type Folder = ReturnType<typeof openFolder>;

/** What is kept, newest first, once everything is taken in. */
function unmatchedOf(folder: Folder, max = 1000, before?: number) {
  const outcomes = folder.outcomes();
  while (outcomes.advance());
  return outcomes.unmatched(TENANT, max, before);
}

const idsAndReasons = (found: ReturnType<typeof unmatchedOf>) =>
  found.map(({ stored, reason }) => ({ id: stored.event.id, reason }));
const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

test('the list is that of a fold of the whole ledger, whatever came first and however often it was read', async () => {
  await afterEachPart((folder) => {
    const found = unmatchedOf(folder);
    expect(idsAndReasons(found).sort(byId)).toEqual([...wholeBook(folder).unmatched()].sort(byId));
    expect(found.map(({ arrival }) => arrival)).toEqual(
      found.map(({ arrival }) => arrival).sort((a, b) => b - a),
    );
  });
}, 120_000);

test('pages follow each other without gap or repetition, and know only their own tenant', async () => {
  const folder = openFolder();
  const stray = Array.from({ length: 7 }, (_, i) => ({
    event: outcomeEvent(`o${i}`, { decisionId: `x${i}` }),
  }));
  await writeAll(folder, stray);
  await folder.events.append('other', [outcomeEvent('o9', { decisionId: 'x9' })], 1);
  const ids: string[] = [];
  for (let before: number | undefined; ; ) {
    const page = unmatchedOf(folder, 3, before);
    if (page.length === 0) break;
    ids.push(...page.map(({ stored }) => stored.event.id));
    before = page.at(-1)!.arrival;
  }
  expect(ids).toEqual(['o6', 'o5', 'o4', 'o3', 'o2', 'o1', 'o0']);
});

test('an event leaves the list as soon as what it lacked has come', async () => {
  const folder = openFolder();
  const refund = { ...saleEvent('r1'), type: 'refund' as const };
  await writeAll(folder, [{ event: outcomeEvent('o1', { productId: 'C' }) }, { event: refund }]);
  expect(idsAndReasons(unmatchedOf(folder))).toEqual([
    { id: 'r1', reason: 'no-sale' },
    { id: 'o1', reason: 'no-decision' },
  ]);
  expect(folder.outcomes().unmatchedCounts(TENANT)).toEqual({ suggestionEvents: 1, refunds: 1, receipts: 0 });
  await writeAll(folder, [{ event: saleEvent('s1') }]);
  expect(idsAndReasons(unmatchedOf(folder))).toEqual([{ id: 'o1', reason: 'no-decision' }]);
  await writeAll(folder, [{ decision: decisionRecord('d1') }]);
  expect(unmatchedOf(folder)).toEqual([]);
  expect(folder.outcomes().unmatchedCounts(TENANT)).toEqual({ suggestionEvents: 0, refunds: 0, receipts: 0 });
});
