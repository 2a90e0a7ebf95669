import type { Context, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { matchedRoutes } from 'hono/route';
import { type Access, EMBEDDED_ACCESS, hasScope, isLoopbackName, isOwnPage } from './access.ts';
import type { Gatekeeper } from './gatekeeper.ts';
import type { GatewayEnv } from './gateway-app.ts';
import { Problem } from './problem.ts';
import { scopeOf } from './route-scopes.ts';

/** The cookie of a page that is logged in. */
export const SESSION_COOKIE = 'basketlift_session';

/** What a 401 asks for. */
export const CHALLENGE = 'Bearer realm="basketlift"';

const SCHEME = /^bearer +/i;

/**
 * Lets a request in or refuses it. Without keys it must call this machine by its own name. With keys, everything under /v1, and the other
 * routes in route-scopes.ts, need a key that is allowed there; pages and health are for everybody.
 */
export function admit(gatekeeper: Gatekeeper): MiddlewareHandler<GatewayEnv> {
  return async (context, next) => {
    if (gatekeeper.isOpen()) {
      refuseForeignHost(context);
      context.set('access', EMBEDDED_ACCESS);
      return next();
    }
    const { method, path } = matchedRoutes(context).at(-1)!;
    const least = scopeOf(`${method} ${path}`);
    if (least === undefined && !context.req.path.startsWith('/v1/')) return next();
    const access = identify(gatekeeper, context);
    gatekeeper.spend(access);
    context.set('access', access);
    // Only this middleware matched: there is no such route, and any key may be told so.
    const isNowhere = method === 'ALL';
    if (!isNowhere && (least === undefined || !hasScope(access, least))) {
      const wanted = least === undefined ? 'a route that keys are for' : `a key of scope ${least} or above`;
      throw new Problem('forbidden', `Wanted ${wanted} for ${method} ${path}; got one of ${access.scope}.`);
    }
    return next();
  };
}

/** The key of an `Authorization` header; undefined where it holds none. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return authorization !== undefined && SCHEME.test(authorization)
    ? authorization.replace(SCHEME, '').trim()
    : undefined;
}

/** @throws Problem 'unauthorized', or 'forbidden' for a cookie that another site's page made the browser send */
function identify(gatekeeper: Gatekeeper, context: Context<GatewayEnv>): Access {
  const { req } = context;
  const key = bearerOf(req.header('authorization'));
  if (key !== undefined) return gatekeeper.admitKey(key);
  const cookie = getCookie(context, SESSION_COOKIE);
  if (cookie === undefined)
    throw new Problem('unauthorized', 'Wanted a key in Authorization: Bearer KEY; got none.');
  const access = gatekeeper.admitSession(cookie);
  if (req.method !== 'GET' && req.method !== 'HEAD') refuseForeignPage(req);
  return access;
}

function refuseForeignPage(req: Context<GatewayEnv>['req']): void {
  const site = req.header('sec-fetch-site');
  const origin = req.header('origin');
  const host = req.header('host');
  if (isOwnPage({ site, origin, host })) return;
  const got = `Origin '${origin ?? 'none'}', Sec-Fetch-Site '${site ?? 'none'}'`.slice(0, 200);
  throw new Problem('forbidden', `Wanted a request of the gateway's own page with this cookie; got ${got}.`);
}

/** A gateway without keys trusts the machine it runs on: another site's page must not reach it under that site's name. */
function refuseForeignHost({ req }: Context<GatewayEnv>): void {
  const host = req.header('host') ?? new URL(req.url).host;
  if (isLoopbackName(host)) return;
  throw new Problem('wrong-host', `Wanted a Host of localhost or 127.0.0.1; got '${host.slice(0, 100)}'.`);
}
