import type { Context } from 'hono';
import type { GatewayEnv } from './gateway-app.ts';
import { Problem } from './problem.ts';

/** The request's body as JSON. @throws Problem 'malformed-json' */
export async function readJson(context: Context<GatewayEnv>): Promise<unknown> {
  return parseJson(await context.req.text());
}

/** @throws Problem 'malformed-json' */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem('malformed-json', `Wanted JSON; ${(cause as Error).message}.`, { cause });
  }
}
