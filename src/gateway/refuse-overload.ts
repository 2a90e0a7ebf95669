import type { RequestListener } from 'node:http';
import type { GatewayParts } from './gateway-parts.ts';
import { Problem } from './problem.ts';

/**
 * What is always let through: who asks how the gateway is has to hear it, and an event that is lost is lost for ever,
 * while a suggestion that is not made is one sale less at most. The ledger has a bound of its own.
 */
export const NEVER_REFUSED: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics', '/v1/events']);

const RETRY_AFTER_S = 1;

export function overloadProblem(): Problem {
  const detail = 'More is asked than the gateway can answer in time; ask again in a moment.';
  return new Problem('overloaded', detail, { retryAfterS: RETRY_AFTER_S });
}

/** Made once: a refusal has to cost a small part of an answer. It is in no log, so no id leads to it. */
const PROBLEM = overloadProblem();
const BODY = Buffer.from(JSON.stringify(PROBLEM.body('')));
const HEADERS = {
  'Content-Type': 'application/problem+json',
  'Content-Length': BODY.length,
  'Retry-After': RETRY_AFTER_S,
};

/** A listener that refuses what `overload` does not admit, before anything of it is read. */
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
