import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CodeSet } from '../../src/ledger/code-set.ts';

const codes = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 0xffffffff })));

test('a set of codes counts each once, also those that come from another set', () => {
  fc.assert(
    fc.property(codes, codes, (some, others) => {
      const [set, other] = [new CodeSet(), new CodeSet()];
      for (const code of some) set.add(code);
      for (const code of others) other.add(code);
      expect(set.size).toBe(new Set(some).size);
      set.addAll(other);
      expect(set.size).toBe(new Set([...some, ...others]).size);
    }),
  );
});

test('a set that took all of another counts on by itself', () => {
  fc.assert(
    fc.property(codes, codes, (some, others) => {
      const [set, other] = [new CodeSet(), new CodeSet()];
      for (const code of some) other.add(code);
      set.addAll(other);
      for (const code of others) set.add(code);
      expect(set.size).toBe(new Set([...some, ...others]).size);
      for (const code of some) set.add(code);
      expect(set.size).toBe(new Set([...some, ...others]).size);
      expect(other.size).toBe(new Set(some).size);
    }),
  );
});
