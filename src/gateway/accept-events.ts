import type { EventResult, LedgerEvent } from '../ledger/events.ts';
import { DAY_MS } from '../ledger/instant.ts';
import type { Access } from './access.ts';
import { eventSchema } from './event-schema.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { savedByLine, withSaved } from './holding-saved.ts';
import { refuseEvent, requireOwnStores } from './own-events.ts';
import { inputErrors } from './problem.ts';

/** The answer to one event; `id` is null where none could be read. */
export interface EventAnswer {
  readonly id: string | null;
  readonly status: EventResult['status'];
  readonly reason?: string;
}

/** How far ahead of our clock an event may be. */
const AHEAD_MS_MAX = DAY_MS;

/**
 * Stores events durably, each judged by itself: a bad one is rejected with its reason and the others are kept. Answers
 * in the order of the events.
 *
 * @throws EventStoreUnavailable when the disk cannot take them now, Problem 'forbidden' when one names a store that the
 * key may not; none is stored then
 */
export async function acceptEvents(
  parts: Pick<GatewayParts, 'events' | 'memory' | 'tenant' | 'policy' | 'telemetry' | 'nowMs'>,
  access: Access,
  events: readonly unknown[],
): Promise<EventAnswer[]> {
  const judged = events.map((event) => judge(event, parts.nowMs()));
  const good = judged.filter((result): result is LedgerEvent => 'type' in result);
  const decisionOf = (id: string) => parts.events.decision(access.tenant, id);
  for (const event of good) requireOwnStores(access, event, decisionOf);
  const stored = good.length > 0 ? await store(parts, access, good) : [];
  let next = 0;
  const answers = judged.map((result): EventAnswer => ('type' in result ? stored[next++]! : result));
  good.forEach((event, at) => {
    // A duplicate counts too: the process that first got it may be gone, with all that it remembered.
    if (event.type === 'outcome' && event.result === 'declined' && stored[at]?.status !== 'rejected') {
      parts.memory.decline(access.tenant, event);
    }
  });
  for (const status of ['stored', 'duplicate', 'rejected'] as const) {
    const count = answers.filter((answer) => answer.status === status).length;
    if (count > 0) parts.telemetry.events(status, count);
  }
  return answers;
}

function store(
  { events, tenant, policy, nowMs }: Pick<GatewayParts, 'events' | 'tenant' | 'policy' | 'nowMs'>,
  access: Access,
  good: readonly LedgerEvent[],
) {
  const at = nowMs();
  const partsOf = () => tenant(access.tenant);
  // Computed before the transaction, because other processes wait during it.
  const saved = new Map(good.map((event) => [event.id, savedByLine(event, partsOf, policy, at)]));
  return events.append(
    access.tenant,
    good,
    at,
    (event) => refuseEvent(access, event, at) ?? withSaved(event, saved.get(event.id)),
  );
}

function judge(input: unknown, nowMs: number): LedgerEvent | EventAnswer {
  const parsed = eventSchema.safeParse(input);
  if (!parsed.success) {
    const first = inputErrors(parsed.error, input)[0]!;
    const id = (input as { id?: unknown } | null)?.id;
    const reason = `At ${first.path || 'the event'}: wanted ${first.wanted}; got ${first.got}.`;
    return { id: typeof id === 'string' ? id.slice(0, 128) : null, status: 'rejected', reason };
  }
  if (Date.parse(parsed.data.at) > nowMs + AHEAD_MS_MAX) {
    return {
      id: parsed.data.id,
      status: 'rejected',
      reason: `At at: wanted a time not after tomorrow; got ${parsed.data.at}.`,
    };
  }
  return parsed.data;
}
