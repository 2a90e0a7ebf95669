import type { Context } from 'hono';
import {
  type Contest,
  type ContestRefusal,
  type ContestRules,
  changed,
  refuseChange,
  withBallot,
  withWish,
} from '../ledger/contest.ts';
import { dayOfText } from '../ledger/instant.ts';
import { type Access, hasScope, requireEveryStore, requireOwnAgent, requireStore } from './access.ts';
import {
  ballotSchema,
  contestChangeSchema,
  newContestSchema,
  readRules,
  standingsQuerySchema,
  wishSchema,
} from './contest-schema.ts';
import type { GatewayApp, GatewayEnv } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { readJson } from './json-body.ts';
import { readAmount } from './money-schema.ts';
import { presentContest } from './present-contest.ts';
import { Problem, parseInput, versionConflict } from './problem.ts';
import { readQuery } from './read-query.ts';
import { answerText, formatWanted } from './report-answer.ts';
import type { ReportFormat } from './report-table.ts';
import type { TakeReport } from './report-turns.ts';
import { contestDay, settleContest } from './run-contest.ts';
import { timeOrderedId } from './time-ordered-id.ts';

export function addContestRoutes(app: GatewayApp, parts: GatewayParts, take: TakeReport): void {
  const { contests, nowMs } = parts;

  app.get('/v1/contests', (context) => {
    const access = context.get('access');
    const visible = contests.contests(access.tenant).filter(({ rules }) => isVisible(access, rules));
    return context.json({ contests: visible.map((contest) => presentContest(contest, access.agentId)) });
  });

  app.post('/v1/contests', async (context) => {
    const access = context.get('access');
    const { name, budget, rules: wire } = parseInput(newContestSchema, await readJson(context));
    const rules = readRules(wire, (customerId) => parts.pseudonymise(access.tenant, customerId));
    requireContestStores(access, rules);
    const contest: Contest = {
      id: timeOrderedId(),
      version: 1,
      name,
      rules,
      wishes: [],
      ballots: [],
      budgetMinor: readAmount(budget, rules.currency, 'budget'),
    };
    if (await contests.add(access.tenant, contest))
      return context.json(presentContest(contest, access.agentId), 201);
    throw new Problem(
      'wrong-state',
      'Wanted fewer contests; there are already as many as a tenant may have.',
    );
  });

  app.patch('/v1/contests/:id', async (context) => {
    const access = context.get('access');
    const contest = findContest(parts, context);
    requireContestStores(access, contest.rules);
    const { version, name, budget, rules: wire } = parseInput(contestChangeSchema, await readJson(context));
    const rules = wire ? readRules(wire, (id) => parts.pseudonymise(access.tenant, id)) : contest.rules;
    requireContestStores(access, rules);
    const budgetMinor =
      budget === undefined ? contest.budgetMinor : readAmount(budget, rules.currency, 'budget');
    const hasBegun = contestDay(contest, nowMs()) >= dayOfText(contest.rules.from);
    const how = (now: Contest): Contest | ContestRefusal => {
      if (now.settled) return refuseChange('Wanted a contest that is not settled.');
      if (hasBegun && wire)
        return refuseChange(
          `Wanted the rules unchanged, because the contest began on ${contest.rules.from}.`,
        );
      if (now.wishes.length > 0 && (budgetMinor < now.budgetMinor || rules.currency !== now.rules.currency))
        return refuseChange('Wanted a budget that still covers the wishes.');
      return changed(now, { name: name ?? now.name, budgetMinor, rules });
    };
    return change(parts, context, contest, how, version);
  });

  addStandingsRoutes(app, parts, take);
  addWishRoutes(app, parts);
}

function addStandingsRoutes(app: GatewayApp, parts: GatewayParts, take: TakeReport): void {
  const { contests } = parts;
  const answer = async (
    context: Context<GatewayEnv>,
    format: ReportFormat,
    contest: Contest,
    withEvidence: boolean,
  ) => {
    const question = { contest, withEvidence, format };
    const text = await take(context, ({ ask }) => ask('standingsAnswer', question));
    return answerText(context, text, format);
  };

  app.get('/v1/contests/:id/standings', async (context) => {
    const contest = findContest(parts, context);
    const { evidence } = readQuery(context, standingsQuerySchema);
    return answer(context, formatWanted(context), contest, evidence);
  });

  app.post('/v1/contests/:id/settle', async (context) => {
    const contest = findContest(parts, context);
    requireContestStores(context.get('access'), contest.rules);
    const settled = await take(context, ({ ask, tenant, nowMs }) =>
      settleContest({ tenant, nowMs, contests, sealedOf: (of) => ask('sealedStandings', of) }, contest),
    );
    return answer(context, 'json', settled, true);
  });
}

function addWishRoutes(app: GatewayApp, parts: GatewayParts): void {
  app.post('/v1/contests/:id/wishes', async (context) => {
    const contest = findContest(parts, context);
    const { agentId, text, cost } = parseInput(wishSchema, await readJson(context));
    const costMinor = readAmount(cost, contest.rules.currency, 'cost');
    const wish = { id: timeOrderedId(), agentId: agentOf(context, contest, agentId), text, costMinor };
    return change(parts, context, contest, (now) => withWish(now, wish));
  });

  app.put('/v1/contests/:id/ballot', async (context) => {
    const contest = findContest(parts, context);
    const { agentId, ranking } = parseInput(ballotSchema, await readJson(context));
    const ballot = { agentId: agentOf(context, contest, agentId), ranking };
    return change(parts, context, contest, (now) => withBallot(now, ballot));
  });
}

/**
 * Changes a contest as it then stands, and answers with it.
 *
 * @param expected version, where one was stated
 * @throws Problem 'conflict' when it is of another version, 'wrong-state' when it does not allow the change
 */
async function change(
  { contests }: GatewayParts,
  context: Context<GatewayEnv>,
  { id }: Contest,
  how: (now: Contest) => Contest | ContestRefusal,
  expected?: number,
): Promise<Response> {
  const access = context.get('access');
  const after = await contests.change(access.tenant, id, (now) =>
    expected === undefined || now.version === expected
      ? how(now)
      : { reason: 'conflict', detail: versionConflict('contest', now.version, expected) },
  );
  if (after === undefined) throw noContest(id);
  if ('reason' in after) throw new Problem(after.reason, after.detail);
  return context.json(presentContest(after, access.agentId));
}

/** @throws Problem 'not-found', also for one of stores that the key may not name */
function findContest({ contests }: GatewayParts, context: Context<GatewayEnv>): Contest {
  const id = context.req.param('id') ?? '';
  const access = context.get('access');
  const contest = contests.contest(access.tenant, id);
  if (contest && isVisible(access, contest.rules)) return contest;
  throw noContest(id);
}

function noContest(id: string): Problem {
  return new Problem('not-found', `There is no contest '${id.slice(0, 128)}'.`);
}

/** A contest of all stores is visible to everybody, one of some stores to keys for one of them. */
function isVisible({ stores }: Access, { storeIds }: ContestRules): boolean {
  return stores === undefined || storeIds === undefined || storeIds.some((storeId) => stores.has(storeId));
}

/** @throws Problem 'forbidden' unless the key is for every store of the contest */
function requireContestStores(access: Access, { storeIds }: ContestRules): void {
  if (storeIds === undefined) requireEveryStore(access, 'hold a contest of all of them');
  for (const storeId of storeIds ?? []) requireStore(access, storeId);
}

/** Who wishes or votes. @throws Problem 'forbidden' for another agent than the key's, unless it is a manager's of all stores of the contest */
function agentOf(context: Context<GatewayEnv>, { rules }: Contest, agentId: string | undefined): string {
  const access = context.get('access');
  if (agentId === undefined || agentId === access.agentId || !hasScope(access, 'manager'))
    return requireOwnAgent(access, agentId);
  requireContestStores(access, rules);
  return agentId;
}
