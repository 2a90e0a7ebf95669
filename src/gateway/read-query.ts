import type { Context } from 'hono';
import type { z } from 'zod';
import type { GatewayEnv } from './gateway-app.ts';
import { Problem, parseInput } from './problem.ts';

const NAME_SHOWN_MAX = 100;

/** The request's query. A parameter that is stated twice is refused: all but one would silently be ignored. @throws Problem 'invalid-input' */
export function readQuery<T>({ req }: Context<GatewayEnv>, schema: z.ZodType<T>): T {
  for (const [name, values] of Object.entries(req.queries())) {
    if (values.length === 1) continue;
    const path = name.slice(0, NAME_SHOWN_MAX);
    const error = { path, wanted: 'one value', got: String(values.length) };
    throw new Problem('invalid-input', `At ${path}: wanted ${error.wanted}; got ${error.got}.`, {
      errors: [error],
    });
  }
  return parseInput(schema, req.query(), 'the query');
}
