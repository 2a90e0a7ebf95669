/** Zones change their clocks on a quarter of an hour of UTC, so one look serves a whole one. */
export const QUARTER_MS = 15 * 60 * 1000;
/** Quarters remembered: three years of them. */
const QUARTERS_MAX = 120_000;

/** What holds over a whole quarter of an hour, by its number since the epoch, looked up once from the moment it begins. */
export function byQuarter(valueAt: (atMs: number) => number): (quarter: number) => number {
  const known = new Map<number, number>();
  return (quarter) => {
    const remembered = known.get(quarter);
    if (remembered !== undefined) return remembered;
    const value = valueAt(quarter * QUARTER_MS);
    if (known.size >= QUARTERS_MAX) known.clear();
    known.set(quarter, value);
    return value;
  };
}
