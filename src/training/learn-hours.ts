import type { HourLift } from '../recommender/hour-lift.ts';
import type { Ranker } from '../recommender/ranker.ts';
import { heedsHour } from '../recommender/signals.ts';
import { HOURS, NO_HOUR } from '../recommender/time-of-day.ts';
import type { BasketMatrix } from './basket-matrix.ts';
import type { SignalSources } from './learn.ts';

/** Baskets added to the observed and to the expected count alike: few observations then give a lift near none. */
const PRIOR_BASKETS = 20;
/** Hours before and after an hour that also tell about it. */
const REACH = 3;
/** [2 · REACH + 1] how much each counts, from the earliest: e^(−hours² / 2). */
const NEAR = Float64Array.from({ length: 2 * REACH + 1 }, (_, at) => Math.exp(-((at - REACH) ** 2) / 2));

/** How the sales of each product vary with the time of day; undefined where the baskets are not of different hours. */
export function learnHours({ itemCount, start, items, hour }: BasketMatrix): HourLift | undefined {
  const baskets = new Float64Array(HOURS);
  const sold = new Float64Array(itemCount * HOURS);
  for (let basket = 0; basket < hour.length; basket++) {
    const at = hour[basket]!;
    if (at === NO_HOUR) continue;
    baskets[at]!++;
    for (let line = start[basket]!; line < start[basket + 1]!; line++) sold[items[line]! * HOURS + at]!++;
  }
  if (baskets.filter((count) => count > 0).length < 2) return undefined;
  const total = baskets.reduce((sum, count) => sum + count, 0);
  const around = smoothed(baskets);
  const lift = new Float32Array(itemCount * HOURS);
  for (let item = 0; item < itemCount; item++) {
    const own = sold.subarray(item * HOURS, (item + 1) * HOURS);
    const share = own.reduce((sum, count) => sum + count, 0) / total;
    smoothed(own).forEach((count, at) => {
      lift[item * HOURS + at] = Math.log((count + PRIOR_BASKETS) / (share * around[at]! + PRIOR_BASKETS));
    });
  }
  return lift;
}

/** Counts by hour, each with those of the hours around it; midnight lies between 23 and 0. */
function smoothed(counts: Float64Array): Float64Array {
  return counts.map((_, at) => {
    let sum = 0;
    for (let apart = -REACH; apart <= REACH; apart++) {
      sum += NEAR[apart + REACH]! * counts[(at + apart + HOURS) % HOURS]!;
    }
    return sum;
  });
}

/** The sources without the hours, where the ranker does not heed them. */
export function withoutIdleHours(sources: SignalSources, ranker: Ranker): SignalSources {
  if (heedsHour(ranker)) return sources;
  const { hourLift: _, ...others } = sources;
  return others;
}
