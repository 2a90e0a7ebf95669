/** Zones change their clocks at quarter hours of UTC, so one look-up serves a whole quarter. */
export const QUARTER_MS = 15 * 60 * 1000;
/** Quarters remembered: three years of them. */
const QUARTERS_MAX = 120_000;

/** A value that holds for a whole quarter hour, by the quarter's number since the epoch. Looked up once, for the moment it begins. */
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
