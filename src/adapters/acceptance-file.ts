import { z } from 'zod';
import type { Acceptance } from '../recommender/acceptance.ts';
import { parseJson } from './json-files.ts';
import { calibrationSchema } from './ranker-file.ts';

/** Only in versions that learned from outcomes. */
export const ACCEPTANCE_FILE = 'acceptance.json';

type Files = Partial<Record<typeof ACCEPTANCE_FILE, Uint8Array>>;

const acceptanceSchema = z
  .object({ overall: calibrationSchema, channels: z.record(z.string(), calibrationSchema) })
  .transform(({ overall, channels }): Acceptance => {
    return { overall, channels: new Map(Object.entries(channels)) };
  });

export function encodeAcceptance(acceptance: Acceptance | undefined): Files {
  if (!acceptance) return {};
  const content = { overall: acceptance.overall, channels: Object.fromEntries(acceptance.channels) };
  return { [ACCEPTANCE_FILE]: new TextEncoder().encode(`${JSON.stringify(content, null, 1)}\n`) };
}

/** @throws ModelRejected when the file is not a valid acceptance file */
export function decodeAcceptance(files: Files): { acceptance?: Acceptance } {
  const bytes = files[ACCEPTANCE_FILE];
  if (!bytes) return {};
  return { acceptance: parseJson(ACCEPTANCE_FILE, { [ACCEPTANCE_FILE]: bytes }, acceptanceSchema) };
}
