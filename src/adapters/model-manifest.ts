import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ModelRejected } from './model-rejected.ts';

/** The format this code reads and writes. */
export const MODEL_FORMAT = 3;

const manifestSchema = z.object({
  format: z.literal(MODEL_FORMAT),
  version: z.string(),
  createdAt: z.string(),
  codeVersion: z.string(),
  seed: z.number().int(),
  notice: z.string().exactOptional(),
  currency: z.string().length(3).exactOptional(),
  /** Absent where the time of day counts nothing. */
  timeZone: z.string().exactOptional(),
  knownProducts: z.number().int().nonnegative(),
  parameters: z.record(z.string(), z.unknown()),
  data: z.object({
    fingerprint: z.string(),
    baskets: z.number().int(),
    lines: z.number().int(),
    products: z.number().int(),
    from: z.string().nullable(),
    to: z.string().nullable(),
  }),
  /** Absent where the version keeps no history of customers. */
  customers: z.object({ known: z.number().int().positive(), keyId: z.string().length(16) }).exactOptional(),
  files: z.record(
    z.string(),
    z.object({ bytes: z.number().int().nonnegative(), sha256: z.string().length(64) }),
  ),
  /** SHA-256 of all the rest as JSON without blanks. */
  checksum: z.string().length(64),
});

/** What a version says of itself; immutable like the files it lists. */
export type ModelManifest = z.infer<typeof manifestSchema>;

/** The same before it is published: the registry adds the checksums. */
export type ManifestFacts = Omit<ModelManifest, 'files' | 'checksum'>;

/** @throws ModelRejected with what was wanted and what came */
export function parseManifest(text: string): ModelManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModelRejected('manifest.json is not JSON; the version is damaged.', { cause });
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format !== MODEL_FORMAT) {
    const remedy = format > MODEL_FORMAT ? 'update Basketlift or train again' : 'train again';
    throw new ModelRejected(
      `The version has format ${format} and this Basketlift reads format ${MODEL_FORMAT}; ${remedy}.`,
    );
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw new ModelRejected(`manifest.json is damaged: ${z.prettifyError(parsed.error)}`);
  const { checksum, ...content } = value as ModelManifest;
  if (checksum === checksumOf(content)) return parsed.data;
  throw new ModelRejected('manifest.json differs from its checksum; the version is damaged.');
}

/** The text of a manifest, its checksum added. */
export function manifestText(content: Omit<ModelManifest, 'checksum'>): string {
  return `${JSON.stringify({ ...content, checksum: checksumOf(content) }, null, 2)}\n`;
}

function checksumOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
