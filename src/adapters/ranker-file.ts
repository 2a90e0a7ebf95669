import { z } from 'zod';
import type { Kernel } from '../recommender/neighbours.ts';
import type { Ranker } from '../recommender/ranker.ts';
import { SIGNALS } from '../recommender/signals.ts';

const signalSchema = z.object({ mean: z.number(), deviation: z.number().positive(), weight: z.number() });

export const calibrationSchema = z.object({
  rise: z.number().positive(),
  fall: z.number().positive(),
  offset: z.number(),
});

/** Gives versions from before the hour signal existed that signal with weight 0, as in versions where it told nothing. */
function withHour(signals: unknown): unknown {
  return { hour: { mean: 0, deviation: 1, weight: 0 }, ...(signals as object) };
}

/** Ranker and kernel of a version; signals by name, and exactly those this code computes. */
export const rankerSchema = z
  .object({
    kernel: z.object({
      idfPower: z.number().nonnegative(),
      lengthPower: z.number().nonnegative(),
      sharpness: z.int().min(1).max(32),
      ageing: z.enum(['none', 'hyperbolic', 'exponential']),
      halfAge: z.number().positive(),
      restPower: z.number().nonnegative(),
    }),
    signals: z.preprocess(withHour, z.record(z.enum(SIGNALS), signalSchema)),
    recall: z.array(z.number().min(0).max(1)).min(1),
    calibration: calibrationSchema,
  })
  .transform(({ kernel, signals, recall, calibration }): { kernel: Kernel; ranker: Ranker } => {
    const column = (name: 'mean' | 'deviation' | 'weight') =>
      Float64Array.from(SIGNALS, (signal) => signals[signal][name]);
    const ranker = { mean: column('mean'), deviation: column('deviation'), weight: column('weight') };
    return { kernel, ranker: { ...ranker, recall: Float64Array.from(recall), calibration } };
  });

export function encodeRanker({ kernel, ranker }: { kernel: Kernel; ranker: Ranker }): Uint8Array {
  const signals = SIGNALS.map((name, at) => {
    return [
      name,
      { mean: ranker.mean[at], deviation: ranker.deviation[at], weight: ranker.weight[at] },
    ] as const;
  });
  const { recall, calibration } = ranker;
  const content = { kernel, signals: Object.fromEntries(signals), recall: [...recall], calibration };
  return new TextEncoder().encode(`${JSON.stringify(content, null, 1)}\n`);
}
