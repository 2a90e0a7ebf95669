import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type DataFolder, openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { EventStoreUnavailable } from '../../src/ledger/event-store.ts';
import type { InventoryStore } from '../../src/ledger/inventory-store.ts';
import type { AbsoluteStockRow } from '../../src/recommender/stock.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';
import { InventoryRecorder, type RecordedTenant } from '../../src/service/inventory-recorder.ts';
import { recordingLog } from '../support/recording-telemetry.ts';
import { smallModel } from '../support/small-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const model = smallModel();
const policy = {
  valueWeight: 0.5,
  expectedValueMin: 0,
  holdingRatePerYear: 0.25,
  excessDaysMax: 365,
  targetCoverDays: 60,
  goodwill: 0,
  disposalCost: 0,
  salvageValue: 0,
};
const clock = { nowMs: 0 };
let folder: DataFolder;

beforeEach(() => {
  clock.nowMs = Date.parse('2026-05-01T10:00:00Z');
  folder = openDataFolder(temporaryFolder());
});
afterEach(() => folder.close());

/** One process of an installation. */
function openProcess({
  store = folder.inventory,
  ...calendar
}: {
  store?: InventoryStore;
  timeZone?: string;
  dayEnds?: number;
} = {}) {
  const { log, lines } = recordingLog();
  const book = new StockBook();
  const tenant: RecordedTenant = {
    name: 't',
    stock: book,
    policy,
    toldStores: new Set(),
    timeZone: 'UTC',
    dayEnds: 0,
    serving: { model, demand: () => new Float32Array(model.products.length).fill(Number.NaN) },
    ...calendar,
  };
  const recorder = new InventoryRecorder({
    store,
    log,
    tenants: () => [tenant],
    nowMs: () => clock.nowMs,
    pause: async () => {},
  });
  const hear = (row: Partial<AbsoluteStockRow>) =>
    book.apply({
      storeId: 's1',
      productId: 'case',
      asOfMs: clock.nowMs,
      onHand: 10,
      demandPerDay: 1,
      ...row,
    });
  return {
    recorder,
    lines,
    hear,
    tell(row: Partial<AbsoluteStockRow> = {}) {
      hear(row);
      tenant.toldStores.add(row.storeId ?? 's1');
    },
  };
}

const kept = () =>
  [...folder.inventory.days('t', '0000-01-01', '9999-12-31')].map(
    ({ day, storeId, onHandMilli }) => `${day} ${storeId} ${onHandMilli / 1000}`,
  );
const later = (ms: number) => {
  clock.nowMs += ms;
};
const DAY_MS = 86_400_000;

describe('the inventory of a day', () => {
  test('is stored for every store with its figures, and replaced by the state when the day ended', async () => {
    const { recorder, tell } = openProcess();
    tell();
    tell({ storeId: 's2', onHand: 3 });
    await recorder.look();
    expect(folder.inventory.day('t', 's1', '2026-05-01')).toMatchObject({
      atMs: clock.nowMs,
      timeZone: 'UTC',
      dayEnds: 0,
      currency: 'EUR',
      holdingRatePerYear: 0.25,
      products: 1,
      valueMinor: 8000,
      coveredMinorDays: 80_000,
      stockOuts: 0,
    });
    later(1000);
    tell({ onHand: 7 });
    await recorder.look();
    expect(kept().sort()).toEqual(['2026-05-01 s1 7', '2026-05-01 s2 3']);
  });

  test('that did not change is counted once a day, and again on the next day', async () => {
    const put = vi.fn(folder.inventory.put.bind(folder.inventory));
    const { day, days } = folder.inventory;
    const store = { put, day: day.bind(folder.inventory), days: days.bind(folder.inventory) };
    const { recorder, tell } = openProcess({ store });
    tell();
    for (let look = 0; look < 3; look++) {
      await recorder.look();
      later(1000);
    }
    expect(put).toHaveBeenCalledTimes(1);
    later(DAY_MS);
    await recorder.look();
    expect(kept()).toEqual(['2026-05-01 s1 10', '2026-05-02 s1 10']);
  });

  test('belongs to the business day of the zone, over a change of the clocks as well', async () => {
    const { recorder, tell } = openProcess({ timeZone: 'Europe/Amsterdam', dayEnds: 4 });
    // The clocks go forward on 2026-03-29: 03:59 summer time is 01:59 UTC.
    for (const [at, onHand] of [
      ['2026-03-29T01:59:00Z', 5],
      ['2026-03-29T02:00:00Z', 6],
    ] as const) {
      clock.nowMs = Date.parse(at);
      tell({ onHand });
      await recorder.look();
    }
    expect(kept()).toEqual(['2026-03-28 s1 5', '2026-03-29 s1 6']);
  });
});

describe('several processes on one data folder', () => {
  test('count a change once, in the process that was told; the others only hear of it', async () => {
    const [one, two] = [openProcess(), openProcess()];
    one.tell();
    two.hear({});
    later(1000);
    await one.recorder.look();
    later(1000);
    await two.recorder.look();
    expect(folder.inventory.day('t', 's1', '2026-05-01')?.atMs).toBe(clock.nowMs - 1000);
    two.tell({ onHand: 4 });
    one.hear({ onHand: 4 });
    later(1000);
    await one.recorder.look();
    expect(kept()).toEqual(['2026-05-01 s1 10']);
    await two.recorder.look();
    expect(kept()).toEqual(['2026-05-01 s1 4']);
  });

  test('count again what was counted before they started, because the earlier end may have been a crash', async () => {
    const before = openProcess();
    before.tell();
    await before.recorder.look();
    later(1000);
    const after = openProcess();
    after.hear({ onHand: 2 });
    later(1000);
    await after.recorder.look();
    expect(kept()).toEqual(['2026-05-01 s1 2']);
  });
});

describe('a recorder', () => {
  test('looks soon after its start, again and again, and once more when it stops', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const looks: string[] = [];
    const store: InventoryStore = {
      day: () => undefined,
      days: () => [],
      put: async (_, { atMs, onHandMilli }) =>
        void looks.push(`${onHandMilli / 1000} at ${atMs - startedMs}`),
    };
    const startedMs = clock.nowMs;
    const { recorder, tell } = openProcess({ store });
    const pass = async (ms: number) => {
      later(ms);
      await vi.advanceTimersByTimeAsync(ms);
    };
    tell({ onHand: 1 });
    recorder.start();
    await pass(1_999);
    expect(looks).toEqual([]);
    await pass(1);
    tell({ onHand: 2 });
    await pass(15 * 60_000);
    tell({ onHand: 3 });
    await pass(15 * 60_000);
    tell({ onHand: 4 });
    await recorder.stop();
    expect(looks).toEqual(['1 at 2000', '2 at 902000', '3 at 1802000', '4 at 1802000']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('stops in time however many stores there are', async () => {
    const slow: InventoryStore = {
      day: () => undefined,
      days: () => [],
      put: async () => later(1500),
    };
    const { recorder, tell } = openProcess({ store: slow });
    for (let store = 0; store < 100; store++) tell({ storeId: `s${store}` });
    const startedMs = clock.nowMs;
    await recorder.stop();
    expect(clock.nowMs - startedMs).toBe(3000);
  });

  test('continues when the disk refuses, logs it, and stores the change the next time', async () => {
    let isFull = true;
    const store: InventoryStore = {
      day: (...key) => folder.inventory.day(...key),
      days: (...range) => folder.inventory.days(...range),
      put: (...row) =>
        isFull
          ? Promise.reject(new EventStoreUnavailable('store-full', 'full'))
          : folder.inventory.put(...row),
    };
    const { recorder, tell, lines } = openProcess({ store });
    tell();
    await recorder.look();
    expect(lines).toEqual([expect.objectContaining({ level: 'warn' })]);
    expect(kept()).toEqual([]);
    isFull = false;
    await recorder.look();
    expect(kept()).toEqual(['2026-05-01 s1 10']);
  });
});
