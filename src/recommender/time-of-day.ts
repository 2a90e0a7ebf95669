export const HOURS = 24;

/** In place of an hour of the day, 0 to 23, where it is not known. */
export const NO_HOUR = 24;

/** Zones change their clocks on a quarter of an hour of UTC, so one look serves a whole one. */
const QUARTER_MS = 15 * 60 * 1000;
/** Quarters remembered: three years of them. */
const QUARTERS_MAX = 120_000;

/**
 * The hour of the day in a zone of the IANA database, by epoch milliseconds.
 *
 * @throws RangeError when there is no such zone
 */
export function hourClock(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', hour: '2-digit' });
  const known = new Map<number, number>();
  return (atMs) => {
    const quarter = Math.floor(atMs / QUARTER_MS);
    const remembered = known.get(quarter);
    if (remembered !== undefined) return remembered;
    const hour = Number(format.format(quarter * QUARTER_MS));
    if (known.size >= QUARTERS_MAX) known.clear();
    known.set(quarter, hour);
    return hour;
  };
}
