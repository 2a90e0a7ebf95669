import { z } from 'zod';
import type { ProblemBody } from '../problem.ts';
import { answeredSchemas, schemaOf } from './operation.ts';

/** What every refusal looks like: RFC 9457. */
export const problemSchema = schemaOf<ProblemBody>()(
  z.object({
    type: z.string().describe('https://basketlift.dev/problems/ and the name of the problem'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().describe('what was expected, and what was received'),
    requestId: z
      .string()
      .describe(
        'under which the log has the request; empty where nothing is logged: on sockets, and in overload',
      ),
    errors: z
      .array(z.object({ path: z.string(), wanted: z.string(), got: z.string() }))
      .exactOptional()
      .describe('everything wrong with the input, up to 20'),
  }),
).register(answeredSchemas, { id: 'Problem' });
