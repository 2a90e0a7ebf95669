import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { readJson } from './json-body.ts';
import { parseInput } from './problem.ts';
import { suggestionRequestSchema } from './wire.ts';

export function addSuggestionRoutes(app: GatewayApp, { advisor }: GatewayParts): void {
  app.post('/v1/suggestions', async (context) => {
    const request = parseInput(suggestionRequestSchema, await readJson(context));
    const explain = context.req.query('explain') === '1';
    const question = { request, explain, access: context.get('access'), arrivedAt: context.get('arrivedAt') };
    return context.json(await advisor.advise(question));
  });
}
