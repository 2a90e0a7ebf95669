import { byQuarter, QUARTER_MS } from './by-quarter.ts';

export const HOURS = 24;
export const HOUR_MS = 3_600_000;
export const DAY_MS = HOURS * HOUR_MS;

/** Stands for the hour of the day, 0 to 23, where it is not known. */
export const NO_HOUR = 24;

/**
 * The hour of the day in a zone of the IANA database, by epoch milliseconds.
 *
 * @throws RangeError when there is no such zone
 */
export function hourClock(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', hour: '2-digit' });
  const hourIn = byQuarter((startMs) => Number(format.format(startMs)));
  return (atMs) => hourIn(Math.floor(atMs / QUARTER_MS));
}
