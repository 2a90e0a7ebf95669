import { type Access, hasScope, requireOwnAgent } from './access.ts';
import { askedSource } from './asked-source.ts';
import { FoldCache } from './fold-cache.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { bestsTable, presentBests } from './present-bests.ts';
import { Problem, parseInput } from './problem.ts';
import { readQuery } from './read-query.ts';
import { answerReport } from './report-answer.ts';
import { bestsQuerySchema } from './report-query.ts';
import { type AllBests, bestsQuestion } from './run-bests.ts';
import { idSchema } from './wire.ts';

/** Age from which the bests are folded anew. */
const BESTS_AGE_MS_MAX = 5 * 60_000;
/** Agents kept over all tenants and calendars: about a kilobyte each. */
const AGENTS_MAX = 20_000;

export function addAgentRoutes(app: GatewayApp, parts: GatewayParts): void {
  const { nowMs, log, contests } = parts;
  const bests = new FoldCache<AllBests>({
    nowMs,
    ageMsMax: BESTS_AGE_MS_MAX,
    failureMsMax: BESTS_AGE_MS_MAX,
    weightMax: AGENTS_MAX,
    weigh: ({ byAgent }) => byAgent.size + 1,
    onTrouble: (err) => log.warn({ err }, 'the personal bests of agents could not be updated'),
  });

  app.get('/v1/agents/:id/bests', async (context) => {
    const access = context.get('access');
    const agentId = parseInput(idSchema, context.req.param('id'));
    const query = readQuery(context, bestsQuerySchema);
    if (!hasScope(access, 'manager')) requireOwnAgent(access, agentId);
    const { tenant } = access;
    const key = JSON.stringify([tenant, query.tz, query.dayEnds]);
    const folded = await bests.get(key, () =>
      askedSource(parts, tenant).ask('bests', bestsQuestion(contests, tenant, query)),
    );
    if (hasScope(access, 'manager')) requireStoreOf(access, agentId, folded.value);
    return answerReport(context, presentBests(agentId, folded), bestsTable);
  });
}

/** @throws Problem 'forbidden' for an agent who works in another store than those of the key */
function requireStoreOf({ stores }: Access, agentId: string, { storeOf }: AllBests): void {
  const storeId = storeOf.get(agentId);
  if (stores === undefined || (storeId !== undefined && stores.has(storeId))) return;
  throw new Problem('forbidden', `Wanted an agent who works in a store of this key; got '${agentId}'.`);
}
