import { randomUUID } from 'node:crypto';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { admit, CHALLENGE } from './admission.ts';
import { addAgentRoutes } from './agent-routes.ts';
import { addCustomerRoutes, pathWithoutCustomer } from './customer-routes.ts';
import { addEventRoutes } from './event-routes.ts';
import type { GatewayApp, GatewayEnv } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { addHealthRoutes } from './health-routes.ts';
import { logFailure } from './log-failure.ts';
import { addModelRoutes } from './model-routes.ts';
import { addOpenApiRoutes } from './openapi-routes.ts';
import { addPageRoutes } from './page-routes.ts';
import { Problem, problemOf } from './problem.ts';
import { addProductRoutes } from './product-routes.ts';
import { addReportRoutes } from './report-routes.ts';
import { addRuleRoutes } from './rule-routes.ts';
import { addSessionRoutes } from './session-routes.ts';
import { addStockRoutes } from './stock-routes.ts';
import { addSuggestionRoutes } from './suggestion-routes.ts';
import { BODY_BYTES_MAX } from './wire.ts';

/** The gateway's HTTP routes as a Hono app; it does not listen. */
export function createApp(parts: GatewayParts): GatewayApp {
  const app: GatewayApp = new Hono();
  app.use(observe(parts));
  app.use(admit(parts.gatekeeper));
  app.use('/v1/*', acceptJson);
  addSuggestionRoutes(app, parts);
  addEventRoutes(app, parts);
  addStockRoutes(app, parts);
  addProductRoutes(app, parts);
  addModelRoutes(app, parts);
  addRuleRoutes(app, parts);
  addSessionRoutes(app, parts);
  addReportRoutes(app, parts);
  addCustomerRoutes(app, parts);
  addAgentRoutes(app, parts);
  addHealthRoutes(app, parts);
  addOpenApiRoutes(app, parts);
  addPageRoutes(app, parts.pages);
  app.notFound((context) => {
    const { method, path } = context.req;
    throw new Problem('not-found', `There is no ${method} ${path.slice(0, 200)}.`);
  });
  app.onError((error, context) => {
    const problem = hasLeft(context.req.raw, error)
      ? new Problem('incomplete', 'Wanted the whole body; the connection ended before it had all arrived.', {
          cause: error,
        })
      : problemOf(error);
    const requestId = context.get('requestId');
    const facts = { requestId, path: pathWithoutCustomer(context.req.path), err: error };
    logFailure(parts.log, 'request', problem, facts);
    if (problem.type === 'unauthorized') context.header('WWW-Authenticate', CHALLENGE);
    if (problem.retryAfterS !== undefined) context.header('Retry-After', String(problem.retryAfterS));
    return context.body(JSON.stringify(problem.body(requestId)), problem.status, {
      'Content-Type': 'application/problem+json',
    });
  });
  return app;
}

/** Whether the client went away while its body was read: nobody hears the answer, and it is no failure of ours. */
function hasLeft(request: Request, error: Error): boolean {
  return request.signal.aborted && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
}

/** Request id, time and the one log line of a request. */
function observe({ ticks, telemetry, log }: GatewayParts): MiddlewareHandler<GatewayEnv> {
  return async (context, next) => {
    const arrivedAt = ticks();
    const requestId = randomUUID();
    context.set('requestId', requestId);
    context.set('arrivedAt', arrivedAt);
    nameRequest(context, requestId);
    await next();
    const seconds = (ticks() - arrivedAt) / 1000;
    const { status } = context.res;
    const { method } = context.req;
    const route = context.req.routePath === '/*' ? 'none' : `${method} ${context.req.routePath}`;
    telemetry.request(route, status, seconds);
    const path = pathWithoutCustomer(context.req.path);
    const facts = { requestId, method, path, status, ms: Math.round(seconds * 1e6) / 1e3 };
    if (status >= 500) log.error(facts, 'request');
    else log.info(facts, 'request');
  };
}

/**
 * Set before the answer is made, and on Node's response: setting it through Hono makes an object of all headers, which costs as much as the
 * answer's JSON.
 */
function nameRequest(context: Context<GatewayEnv>, requestId: string): void {
  const outgoing = context.env?.outgoing;
  if (outgoing) outgoing.setHeader('X-Request-Id', requestId);
  else context.header('X-Request-Id', requestId);
}

function refuseLength(): never {
  throw new Problem('too-large', `Wanted a body of at most ${BODY_BYTES_MAX} bytes.`);
}

/** Counts a body of unstated length while it is read, which takes a stream; Node enforces a stated length. */
const countBody = bodyLimit({ maxSize: BODY_BYTES_MAX, onError: refuseLength });

/** Answers are not cached. A body must be empty or JSON of bounded size, not compressed; anything else is refused before it is read. */
const acceptJson: MiddlewareHandler<GatewayEnv> = async (context, next) => {
  const { method } = context.req;
  if (method === 'GET' || method === 'HEAD') {
    // What a key may see must not stay in a cache in between.
    context.header('Cache-Control', 'no-store');
    return next();
  }
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    const needsNoType = method === 'DELETE' || (type === '' && isOfNoPage(context));
    if (needsNoType && hasNoBody(context)) return next();
    throw new Problem(
      'unsupported-type',
      `Wanted Content-Type: application/json; got '${type.slice(0, 100)}'.`,
    );
  }
  const coding = context.req.header('content-encoding') ?? 'identity';
  if (coding.toLowerCase() !== 'identity')
    throw new Problem(
      'unsupported-type',
      `Wanted a body without Content-Encoding; got '${coding.slice(0, 100)}'.`,
    );
  const length = context.req.header('content-length');
  if (length === undefined) return countBody(context, next);
  if (Number(length) > BODY_BYTES_MAX) refuseLength();
  return next();
};

/** Another site's page can make a browser send an empty POST without asking first; the browser then sends one of these headers. */
function isOfNoPage({ req }: Context<GatewayEnv>): boolean {
  return req.header('origin') === undefined && req.header('sec-fetch-site') === undefined;
}

function hasNoBody({ req }: Context<GatewayEnv>): boolean {
  return (req.header('content-length') ?? '0') === '0' && req.header('transfer-encoding') === undefined;
}
