import { EventStoreUnavailable } from '../ledger/event-store.ts';
import type { Problem } from './problem.ts';
import type { Log } from './telemetry-port.ts';

/**
 * Logs what the client is not told: the gateway's own faults, and why the disk does not accept something.
 *
 * @param problem with which the error is answered
 */
export function logFailure(
  log: Log,
  what: 'request' | 'live message',
  problem: Problem,
  facts: { readonly err: unknown },
): void {
  if (problem.type === 'internal') log.error(facts, `${what} failed`);
  if (facts.err instanceof EventStoreUnavailable) log.warn(facts, `the disk does not accept a ${what}`);
}
