import type { Context } from 'hono';
import type { GatewayEnv } from './gateway-app.ts';
import { Problem } from './problem.ts';

/** Refuses what is not UTF-8: a lenient decoder would put U+FFFD in its place, and make one id of many. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The request's body as JSON. @throws Problem 'malformed-json' */
export async function readJson(context: Context<GatewayEnv>): Promise<unknown> {
  return parseJson(decode(await context.req.arrayBuffer()));
}

function decode(body: ArrayBuffer): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new Problem('malformed-json', 'Wanted JSON in UTF-8; got bytes that are not valid UTF-8.', {
      cause,
    });
  }
}

/** @throws Problem 'malformed-json' */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem('malformed-json', `Wanted JSON; ${(cause as Error).message}.`, { cause });
  }
}
