import type { Grain } from './manager-answers.ts';

export const DAY_MS = 86_400_000;

/** Every period with a day in the span `from`–`to` (inclusive): days as `2026-05-01`, weeks as `2026-W18`, months as `2026-05`. */
export function calendarPeriods(from: string, to: string, grain: Grain): string[] {
  const periods = new Set<string>();
  const last = Date.parse(to);
  for (let at = Date.parse(from); at <= last; at += DAY_MS) periods.add(periodOf(new Date(at), grain));
  return [...periods];
}

function periodOf(day: Date, grain: Grain): string {
  if (grain === 'week') return isoWeek(day);
  return day.toISOString().slice(0, grain === 'day' ? 10 : 7);
}

/** The ISO 8601 week: a week belongs to the year that its Thursday is in, and is counted from that year's first week. */
function isoWeek(day: Date): string {
  const thursday = new Date(day.getTime() + (3 - ((day.getUTCDay() + 6) % 7)) * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY_MS / 7);
  return `${year}-W${String(week).padStart(2, '0')}`;
}
