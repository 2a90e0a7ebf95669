import type { TrialJournal } from './trial-journal.ts';

/** Values of one part of a setting: ordered, so that quality rises and then falls along them, or to be tried all. */
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

/** How a search is watched. */
export interface SearchWatch {
  /** Where its trials are kept; absent: nowhere. */
  readonly journal?: Pick<TrialJournal, 'recall' | 'note'> | undefined;
  /** `share` of the search that is done, 0 to 1, as far as can be told before it ends. */
  readonly onProgress?: (share: number) => void;
}

/** Steps that a walk along an ordered axis usually takes, to estimate progress. */
const USUAL_STEPS = 3;

/**
 * Improves a setting along one axis after the other. Along an ordered axis it walks from where it stands, in either direction, as long as
 * each step is better than the last. `name` names the search in a journal.
 */
export async function searchCoordinates<Setting extends object>(
  name: string,
  start: Setting,
  axes: readonly Axis<Setting>[],
  judge: (setting: Setting) => number | Promise<number>,
  { journal, onProgress = () => {} }: SearchWatch = {},
): Promise<Found<Setting>> {
  const trials: Trial<Setting>[] = [];
  let best = start;
  let bestQuality = Number.NEGATIVE_INFINITY;
  const progress = searchProgress(axes, onProgress);
  const judgeOnce = async (setting: Setting): Promise<number> => {
    const known = journal?.recall(name, setting);
    if (known !== undefined) return known;
    const ndcg10 = await judge(setting);
    journal?.note(name, setting, ndcg10);
    return ndcg10;
  };
  /** Whether the present setting with this part changed is the best so far. */
  const improves = async (change: Partial<Setting>): Promise<boolean> => {
    const setting = { ...best, ...change };
    if (trials.some((trial) => isSame(trial, setting))) return false;
    const ndcg10 = await judgeOnce(setting);
    progress.tried();
    trials.push({ ...setting, ndcg10 });
    if (ndcg10 <= bestQuality) return false;
    [best, bestQuality] = [setting, ndcg10];
    return true;
  };
  await improves({});
  for (const [at, { values, isOrdered }] of axes.entries()) {
    progress.reached(at);
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

/** Estimates the progress of a search from the trials that its axes usually take. */
function searchProgress<Setting>(axes: readonly Axis<Setting>[], onProgress: (share: number) => void) {
  const expected = axes.map(({ values, isOrdered }) => (isOrdered ? USUAL_STEPS : values.length));
  const total = expected.reduce((sum, trials) => sum + trials, 0);
  let before = 0;
  let within = 0;
  let room = 0;
  return {
    /** The axis that is walked from now on. */
    reached(axis: number): void {
      before = expected.slice(0, axis).reduce((sum, trials) => sum + trials, 0);
      [within, room] = [0, expected[axis]!];
      onProgress(before / total);
    },
    tried(): void {
      within = Math.min(within + 1, room);
      onProgress((before + within) / total);
    },
  };
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
