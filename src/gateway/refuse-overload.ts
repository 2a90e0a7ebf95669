import type { RequestListener } from 'node:http';
import { v7 as timeOrderedId } from 'uuid';
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

/**
 * A listener that refuses what `overload` does not admit, before anything of it is read. Nothing is logged: a line for
 * each would be more load.
 */
export function refuseOverload(
  listener: RequestListener,
  { overload, telemetry }: Pick<GatewayParts, 'overload' | 'telemetry'>,
): RequestListener {
  return (request, response) => {
    const isAdmitted = overload.admits();
    if (isAdmitted || NEVER_REFUSED.has(request.url!.split('?', 1)[0]!)) return listener(request, response);
    telemetry.shed('request');
    const problem = overloadProblem();
    const requestId = timeOrderedId();
    response.writeHead(problem.status, {
      'Content-Type': 'application/problem+json',
      'Retry-After': RETRY_AFTER_S,
      'X-Request-Id': requestId,
    });
    response.end(JSON.stringify(problem.body(requestId)));
  };
}
