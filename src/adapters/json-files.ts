import type { z } from 'zod';
import { ModelRejected } from './model-rejected.ts';

/** What a JSON file of a model holds. @throws ModelRejected when it is not what the schema wants */
export function parseJson<Name extends string, Value>(
  name: Name,
  files: Record<Name, Uint8Array>,
  schema: z.ZodType<Value>,
): Value {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(files[name])));
  } catch (cause) {
    throw new ModelRejected(`${name} does not have the form that this version of Basketlift reads.`, {
      cause,
    });
  }
}
