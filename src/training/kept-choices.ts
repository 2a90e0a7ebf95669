import { z } from 'zod';
import type { ModelManifest } from '../adapters/model-manifest.ts';
import { ModelRejected } from '../adapters/model-rejected.ts';
import type { Acceptance } from '../recommender/acceptance.ts';
import type { Model } from '../recommender/model.ts';
import type { Kernel } from '../recommender/neighbours.ts';
import type { Ranker } from '../recommender/ranker.ts';
import type { LearningParameters } from './learn.ts';

/** What a version chose, for another one that keeps it and learns all else anew. */
export interface KeptChoices {
  readonly version: string;
  /** Time of the newest receipt it was learned from; null where receipts had no time. */
  readonly learnedTo: string | null;
  readonly learning: LearningParameters;
  readonly kernel: Kernel;
  readonly ranker: Ranker;
  /** IANA zone of the stores' clocks; undefined where the time of day was not used. */
  readonly timeZone: string | undefined;
  /** Absent where the version has learned none. */
  readonly acceptance?: Acceptance;
  /** How its ranker was chosen, for the record. */
  readonly rankerChoice: unknown;
}

const parametersSchema = z.object({
  halfLife: z.union([z.number().positive(), z.literal('none').transform(() => Number.POSITIVE_INFINITY)]),
  lengthExponent: z.number().nonnegative(),
  ridge: z.number().positive(),
  neighbours: z.int().positive(),
  kept: z.int().positive(),
  ranker: z.unknown(),
});

/** @throws ModelRejected where the version does not say what it chose */
export function choicesOf({ version, parameters, data }: ModelManifest, model: Model): KeptChoices {
  const parsed = parametersSchema.safeParse(parameters);
  if (!parsed.success)
    throw new ModelRejected(
      `${version} does not state the parameters that it was trained with; train without it.`,
    );
  const { ranker: rankerChoice, ...learning } = parsed.data;
  const { kernel, ranker, acceptance, timeZone } = model;
  const chosen = { version, learnedTo: data.to, learning, kernel, ranker, timeZone, rankerChoice };
  return { ...chosen, ...(acceptance && { acceptance }) };
}
