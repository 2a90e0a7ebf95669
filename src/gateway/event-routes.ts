import { acceptEvents } from './accept-events.ts';
import { eventsRequestSchema } from './event-schema.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { readJson } from './json-body.ts';
import { Problem, parseInput } from './problem.ts';

export function addEventRoutes(app: GatewayApp, parts: GatewayParts): void {
  app.post('/v1/events', async (context) => {
    const { events } = parseInput(eventsRequestSchema, await readJson(context));
    return context.json({ results: await acceptEvents(parts, context.get('access'), events) });
  });

  app.get('/v1/decisions/:id', (context) => {
    const id = context.req.param('id');
    const { tenant, stores } = context.get('access');
    const decision = parts.events.decision(tenant, id);
    // For the key, a decision of another store does not exist.
    if (!decision || stores?.has(decision.storeId ?? '') === false)
      throw new Problem('not-found', `There is no decision '${id.slice(0, 128)}'.`);
    const { tenant: _, atMs, ...facts } = decision;
    return context.json({ ...facts, at: new Date(atMs).toISOString() });
  });
}
