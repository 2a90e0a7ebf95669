import type { RequestListener } from 'node:http';
import type { GatewayParts } from './gateway-parts.ts';
import { Problem } from './problem.ts';

/**
 * What is always let through. Health checks must get an answer. A lost event is lost for ever, while a suggestion that is not made costs
 * one sale at most. The ledger has a limit of its own.
 */
export const NEVER_REFUSED: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics', '/v1/events']);

const RETRY_AFTER_S = 1;

export function overloadProblem(): Problem {
  const detail = 'There are more requests than the gateway can answer in time; ask again in a moment.';
  return new Problem('overloaded', detail, { retryAfterS: RETRY_AFTER_S });
}

/** Made once: a refusal must cost only a small part of an answer. Refusals are not logged, so no request id is sent. */
const PROBLEM = overloadProblem();
const BODY = Buffer.from(JSON.stringify(PROBLEM.body('')));
const HEADERS = {
  'Content-Type': 'application/problem+json',
  'Content-Length': BODY.length,
  'Retry-After': RETRY_AFTER_S,
};

/** A listener that refuses what `overload` does not admit, before reading any of it. */
export function refuseOverload(
  listener: RequestListener,
  { overload, telemetry }: Pick<GatewayParts, 'overload' | 'telemetry'>,
): RequestListener {
  return (request, response) => {
    const isAdmitted = overload.admits();
    if (isAdmitted || NEVER_REFUSED.has(request.url!.split('?', 1)[0]!)) return listener(request, response);
    telemetry.shed('request');
    response.writeHead(PROBLEM.status, HEADERS).end(BODY);
  };
}
