import { validate, version } from 'uuid';
import { expect, it, vi } from 'vitest';
import { timeOrderedId } from '../../src/gateway/time-ordered-id.ts';

it('ids are version 7 UUIDs in order of creation, even within a millisecond or if the clock goes back', () => {
  vi.useFakeTimers();
  try {
    const ids: string[] = [];
    for (const nowMs of [1_000, 1_000, 1_001, 900, 1_002]) {
      vi.setSystemTime(nowMs);
      for (let n = 0; n < 1_000; n++) ids.push(timeOrderedId());
    }
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(validate(id) && version(id) === 7).toBe(true);
    const timeOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    expect([timeOf(ids[0]!), timeOf(ids.at(-1)!)]).toEqual([1_000, 1_002]);
    // The random parts are drawn anew for each.
    expect(new Set(ids.map((id) => id.slice(-12))).size).toBe(ids.length);
  } finally {
    vi.useRealTimers();
  }
});
