import type { NamedCalendar } from '../ledger/business-calendar.ts';
import { DAY_MS } from '../ledger/instant.ts';
import { byQuarter, QUARTER_MS } from '../recommender/by-quarter.ts';

const QUARTERS_A_DAY = DAY_MS / QUARTER_MS;

/** Whether the name is a time zone of the IANA database, such as Europe/Amsterdam. */
export function isTimeZone(name: string): boolean {
  // Offsets are not names, and only some releases of Node.js accept them.
  if (/^[+-]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * The days of a zone, which end at a local hour. The calendar's name is the same for all spellings of the zone, and holds the edition of
 * the IANA database, as zones change their clocks.
 *
 * @throws RangeError when there is no such zone
 */
export function zoneCalendar(timeZone: string, dayEndsAtHour: number): NamedCalendar {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const name = `${format.resolvedOptions().timeZone} ${dayEndsAtHour} ${process.versions.tz}`;
  return { name, offsetMs: offsetsOf(format), dayEndsAtHour };
}

/** Local time minus UTC in ms, by instant. */
function offsetsOf(format: Intl.DateTimeFormat): (atMs: number) => number {
  const offsetIn = byQuarter((startMs) => wallClockMs(format, startMs) - startMs);
  let day = Number.NaN;
  let offsetOfDay: number | undefined;
  return (atMs) => {
    const quarter = Math.floor(atMs / QUARTER_MS);
    const dayOf = Math.floor(quarter / QUARTERS_A_DAY);
    if (dayOf !== day) {
      // No zone changes its clocks twice within a day: if both ends of a day have one offset, so has all in between.
      const first = offsetIn(dayOf * QUARTERS_A_DAY);
      const next = offsetIn((dayOf + 1) * QUARTERS_A_DAY);
      day = dayOf;
      offsetOfDay = first === next ? first : undefined;
    }
    return offsetOfDay ?? offsetIn(quarter);
  };
}

/** Local time, as if it were UTC. */
function wallClockMs(format: Intl.DateTimeFormat, atMs: number): number {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  return Date.UTC(
    number('year'),
    number('month') - 1,
    number('day'),
    number('hour'),
    number('minute'),
    number('second'),
  );
}
