import { hasScope, requireStore } from './access.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { readJson } from './json-body.ts';
import { Problem, parseInput } from './problem.ts';
import type { Question } from './question.ts';
import { QUESTION_SCOPES } from './route-scopes.ts';
import { suggestionRequestSchema } from './wire.ts';

export function addSuggestionRoutes(app: GatewayApp, { advisor }: GatewayParts): void {
  app.post('/v1/suggestions', async (context) => {
    const request = parseInput(suggestionRequestSchema, await readJson(context));
    const explain = context.req.query('explain') === '1';
    const question = { request, explain, access: context.get('access'), arrivedAt: context.get('arrivedAt') };
    refuseBeyondScope(question);
    return context.json(await advisor.advise(question));
  });
}

/** @throws Problem 'forbidden' */
function refuseBeyondScope({ request, explain, access }: Question): void {
  requireStore(access, request.storeId);
  if (request.objective === 'probability' && !hasScope(access, QUESTION_SCOPES.probability))
    throw refusal("objective 'probability'", QUESTION_SCOPES.probability, access.scope);
  if (explain && !hasScope(access, QUESTION_SCOPES.explain))
    throw refusal('explain=1', QUESTION_SCOPES.explain, access.scope);
}

function refusal(what: string, least: string, scope: string): Problem {
  return new Problem(
    'forbidden',
    `Wanted a key of scope ${least} or above for ${what}; got one of ${scope}.`,
  );
}
