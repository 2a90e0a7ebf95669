import { expect, test } from 'vitest';
import type { Change } from '../../src/gateway/change.ts';
import { EventStoreUnavailable } from '../../src/ledger/event-store.ts';
import type { KeptStock } from '../../src/recommender/state-stock.ts';
import type { StockRow } from '../../src/recommender/stock.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';
import { takeStatements } from '../../src/service/take-statements.ts';

const rows = Array.from({ length: 250 }, (_, at) => ({
  storeId: 's1',
  productId: `p${at}`,
  onHand: at,
  asOfMs: 1,
}));

/** A store whose every call is judged by `judge`. */
function taken(judge: (said: readonly StockRow[], call: number) => KeptStock[]) {
  const calls: number[] = [];
  const late: ((judged: KeptStock[]) => void)[] = [];
  const told: Change[] = [];
  const clock = { nowMs: 0 };
  const book = new StockBook();
  const toldStores = new Set<string>();
  const state = takeStatements({
    tenant: 't',
    book,
    toldStores,
    ticks: () => clock.nowMs,
    changes: { publish: (change) => void told.push(change), subscribe() {} },
    store: {
      async state(_tenant, said, _book, onLate) {
        calls.push(said.length);
        late.push((judged) => onLate?.(judged));
        return judge(said, calls.length);
      },
    },
  });
  return { state, calls, late, told, clock, book, toldStores };
}

const applied = (said: readonly StockRow[]): KeptStock[] =>
  said.map(({ changeId: _, onHandDelta: __, ...row }) => ({ verdict: 'applied', row }));

test('many statements are taken a hundred at a time, counted and told as they are on disk', async () => {
  const { state, calls, told, book, toldStores } = taken(applied);
  expect(await state(rows)).toHaveLength(250);
  expect(calls).toEqual([100, 100, 50]);
  expect(told.map((change) => change.kind === 'stock' && change.rows.length)).toEqual([100, 100, 50]);
  expect(book.listed('s1')).toBe(250);
  expect(toldStores).toEqual(new Set(['s1']));
});

test('if the disk refuses, the statements before count and the rest do not', async () => {
  const { state, told, book } = taken((said, call) => {
    if (call === 2) throw new EventStoreUnavailable('store-full', 'no space left');
    return applied(said);
  });
  await expect(state(rows)).rejects.toMatchObject({ reason: 'store-full' });
  expect(book.listed('s1')).toBe(100);
  expect(told).toHaveLength(1);
});

test('a disk that is too slow for all of them is not waited for', async () => {
  const { state, calls, clock } = taken((said) => {
    clock.nowMs += 6_000;
    return applied(said);
  });
  await expect(state(rows)).rejects.toMatchObject({
    reason: 'overloaded',
    message: 'only 200 of 250 rows of stock were written to disk in time',
  });
  expect(calls).toEqual([100, 100]);
});

test('what does not count is told to nobody, but what is on disk becomes known here', async () => {
  const [first] = rows as [(typeof rows)[0]];
  const { state, told, book } = taken((said) => said.map(() => ({ verdict: 'repeated', row: first })));
  expect(await state([{ ...first, onHandDelta: -1, changeId: 'x' }])).toEqual([
    { verdict: 'repeated', row: first },
  ]);
  expect(told).toEqual([]);
  expect(book.row('s1', 'p0')).toEqual(first);
});

test('the row on disk that outranks a statement does not undo what was heard in the meantime', async () => {
  const [{ onHand: _, ...one }] = rows as [(typeof rows)[0]];
  const { state, book } = taken((said) => {
    book.apply({ ...one, onHand: 7 });
    return said.map(() => ({ verdict: 'repeated', row: { ...one, onHand: 8, revision: 3 } }));
  });
  book.apply({ ...one, onHand: 9, revision: 1 });
  await state([{ ...one, onHandDelta: -1, changeId: 'x' }]);
  expect(book.row('s1', 'p0')).toMatchObject({ onHand: 7 });
});

test('what the disk stores after the caller was refused becomes known here, and is told to the others', async () => {
  const { state, late, told, book } = taken(() => {
    throw new EventStoreUnavailable('unavailable', 'did not commit within 5000 ms');
  });
  const said = rows.slice(0, 1);
  await expect(state(said)).rejects.toMatchObject({ reason: 'unavailable' });
  expect([told, book.listed('s1')]).toEqual([[], 0]);
  late[0]!(applied(said));
  expect(told).toMatchObject([{ kind: 'stock', rows: said, stated: said }]);
  expect(book.row('s1', 'p0')).toEqual(said[0]);
});
