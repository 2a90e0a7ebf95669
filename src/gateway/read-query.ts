import type { Context } from 'hono';
import type { z } from 'zod';
import type { GatewayEnv } from './gateway-app.ts';
import { inputProblem, parseInput } from './problem.ts';

const WHOLE = 'the query';
const NAME_SHOWN_MAX = 100;

/** The request's query. A parameter that is stated twice is refused: all but one would silently be ignored. @throws Problem 'invalid-input' */
export function readQuery<T>({ req }: Context<GatewayEnv>, schema: z.ZodType<T>): T {
  for (const [name, values] of Object.entries(req.queries())) {
    if (values.length === 1) continue;
    const error = { path: name.slice(0, NAME_SHOWN_MAX), wanted: 'one value', got: String(values.length) };
    throw inputProblem([error], WHOLE);
  }
  return parseInput(schema, req.query(), WHOLE);
}
