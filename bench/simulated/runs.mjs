import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** The runs 0 to `runs` of one scenario, `size` to a job: `scenario` with seeds `from` up to `to`. */
export function jobsOf(scenario, runs, size) {
  return Array.from({ length: Math.ceil(runs / size) }, (_, i) => ({
    ...scenario,
    from: i * size,
    to: Math.min(runs, (i + 1) * size),
  }));
}

/**
 * Results by `keyOf` of their job, in the order of their runs; which thread does what makes no difference.
 *
 * @param worker module that answers a job with one result a run
 */
export async function workOff(jobs, threads, worker, keyOf) {
  const results = new Map();
  const waiting = [...jobs];
  const work = async () => {
    const thread = new Worker(worker, { resourceLimits: { maxYoungGenerationSizeMb: 64 } });
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      thread.postMessage(job);
      // Rejects when the worker fails.
      const [done] = await once(thread, 'message');
      const key = keyOf(job);
      const known = results.get(key) ?? [];
      results.set(key, [...known, ...done.map((one, i) => ({ run: job.from + i, ...one }))]);
      console.error(`${key}: ${job.to} (${waiting.length} jobs left)`);
    }
    await thread.terminate();
  };
  await Promise.all(Array.from({ length: threads }, work));
  for (const done of results.values()) done.sort((a, b) => a.run - b.run);
  return results;
}

export function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** How far estimates lie from each other, and the share of their intervals that hold the truth. */
export function spreadAndCoverage(intervals, truth) {
  const estimates = intervals.map(({ estimate }) => estimate);
  const center = mean(estimates);
  return {
    center,
    spread: Math.sqrt(mean(estimates.map((estimate) => (estimate - center) ** 2))),
    coverage: mean(intervals.map(({ low, high }) => (low <= truth && truth <= high ? 1 : 0))),
  };
}
