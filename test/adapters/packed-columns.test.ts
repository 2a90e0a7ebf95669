import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packColumns, unpackColumns } from '../../src/adapters/packed-columns.ts';
import { OutcomesLost } from '../../src/ledger/outcome-store.ts';

const numbers = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }).map((number) => number + 0),
);
const tables = fc.integer({ min: 0, max: 20 }).chain((count) =>
  fc
    .array(
      fc.oneof(
        fc.array(numbers, { minLength: count, maxLength: count }),
        numbers.map((number) => Array<number>(count).fill(number)),
        fc.array(fc.integer({ min: 1e12, max: 1e12 + 70_000 }), { minLength: count, maxLength: count }),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((columns) => ({ count, columns })),
);

test('columns come back as they were packed, to the last bit', () => {
  fc.assert(
    fc.property(tables, ({ count, columns }) => {
      const packed = packColumns(
        columns.map((column) => Float64Array.from(column)),
        count,
      );
      const unpacked = unpackColumns(packed, columns.length);
      expect(unpacked.count).toBe(count);
      expect(unpacked.columns.map((column) => [...column])).toEqual(columns);
    }),
  );
});

test('a byte that changed is noticed, wherever it is', () => {
  fc.assert(
    fc.property(tables, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ count, columns }, place, change) => {
      const packed = packColumns(
        columns.map((column) => Float64Array.from(column)),
        count,
      );
      packed[place % packed.length]! ^= change;
      expect(() => unpackColumns(packed, columns.length)).toThrow(OutcomesLost);
    }),
  );
});

test('another number of columns than was packed is noticed', () => {
  const packed = packColumns([Float64Array.of(1, 2), Float64Array.of(3, 4)], 2);
  for (const columns of [1, 3]) expect(() => unpackColumns(packed, columns)).toThrow(OutcomesLost);
});

test('numbers take no more room than they need', () => {
  const bytes = (from: number, step: number) =>
    packColumns([Float64Array.from({ length: 800 }, (_, i) => from + step * i)], 800).length;
  expect([bytes(1e12, 0), bytes(1e12, 0.25), bytes(-1e12, 1e6)].map((size) => size - 24)).toEqual([
    0, 6400, 3200,
  ]);
  expect(packColumns([Float64Array.from({ length: 800 }, (_, i) => 1e12 + (i % 200))], 800).length - 24).toBe(
    800,
  );
});
