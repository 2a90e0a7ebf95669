/** Values of one part of a setting, in an order in which quality rises and then falls, or to be tried one and all. */
export interface Axis<Setting> {
  readonly values: readonly Partial<Setting>[];
  readonly isOrdered: boolean;
}

/** A setting tried, with its NDCG@10. */
export type Trial<Setting> = Setting & { readonly ndcg10: number };

export interface Found<Setting> {
  readonly best: Setting;
  /** In the order in which they were tried; none twice. */
  readonly trials: readonly Trial<Setting>[];
}

/**
 * Improves a setting along one axis after the other. Along an ordered axis it walks from where it stands, in either
 * direction, as long as each step is better than the last.
 */
export async function searchCoordinates<Setting extends object>(
  start: Setting,
  axes: readonly Axis<Setting>[],
  judge: (setting: Setting) => number | Promise<number>,
  onProgress: (share: number) => void = () => {},
): Promise<Found<Setting>> {
  const trials: Trial<Setting>[] = [];
  let best = start;
  let bestQuality = Number.NEGATIVE_INFINITY;
  /** Whether the present setting with this part changed is the best so far. */
  const improves = async (change: Partial<Setting>): Promise<boolean> => {
    const setting = { ...best, ...change };
    if (trials.some((trial) => isSame(trial, setting))) return false;
    const ndcg10 = await judge(setting);
    trials.push({ ...setting, ndcg10 });
    if (ndcg10 <= bestQuality) return false;
    [best, bestQuality] = [setting, ndcg10];
    return true;
  };
  await improves({});
  for (const [at, { values, isOrdered }] of axes.entries()) {
    onProgress(at / axes.length);
    if (isOrdered)
      await walk(
        values,
        values.findIndex((value) => isSame(best, value)),
        improves,
      );
    else for (const value of values) await improves(value);
  }
  onProgress(1);
  return { best, trials };
}

async function walk<Setting>(
  values: readonly Partial<Setting>[],
  from: number,
  improves: (change: Partial<Setting>) => Promise<boolean>,
): Promise<void> {
  let up = from + 1;
  while (up < values.length && (await improves(values[up]!))) up++;
  if (up > from + 1) return;
  for (let down = from - 1; down >= 0; down--) if (!(await improves(values[down]!))) return;
}

function isSame<Setting extends object>(one: Setting, other: Partial<Setting>): boolean {
  return (Object.keys(other) as (keyof Setting)[]).every((name) => one[name] === other[name]);
}
