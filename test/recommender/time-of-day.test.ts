import { describe, expect, it } from 'vitest';
import { hourClock } from '../../src/recommender/time-of-day.ts';

const at = (text: string) => Date.parse(text);

describe('the hour of the day', () => {
  it('is that of the zone, over changes of the clock and in zones off by less than an hour', () => {
    const amsterdam = hourClock('Europe/Amsterdam');
    expect(amsterdam(at('2026-01-15T08:59:59Z'))).toBe(9);
    expect(amsterdam(at('2026-07-15T08:00:00Z'))).toBe(10);
    // In the night of the change two o'clock is left out, in that of the other it comes twice.
    expect(['00:59', '01:00'].map((time) => amsterdam(at(`2026-03-29T${time}Z`)))).toEqual([1, 3]);
    expect(['00:30', '01:30'].map((time) => amsterdam(at(`2026-10-25T${time}Z`)))).toEqual([2, 2]);
    const kathmandu = hourClock('Asia/Kathmandu');
    expect(['18:14', '18:15'].map((time) => kathmandu(at(`2026-01-01T${time}Z`)))).toEqual([23, 0]);
  });

  it('is known for any moment, and always the same', () => {
    const utc = hourClock('UTC');
    for (const ms of [0, -1, at('1969-12-31T13:00:00Z'), at('2026-01-01T00:00:00Z')]) {
      expect(utc(ms)).toBe(new Date(ms).getUTCHours());
      expect(utc(ms)).toBe(new Date(ms).getUTCHours());
    }
  });

  it('is of no zone that does not exist', () => {
    expect(() => hourClock('Europe/Atlantis')).toThrow(RangeError);
  });
});
