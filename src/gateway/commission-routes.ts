import { categoriesOf } from '../recommender/model.ts';
import { requireEveryStore } from './access.ts';
import { closeCommissions } from './close-commission.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { readJson } from './json-body.ts';
import {
  commissionQuerySchema,
  payPeriodSchema,
  plansRequestSchema,
  readPlans,
  whatIfSchema,
} from './plan-schema.ts';
import { payViewOf, presentWhatIf } from './present-pay.ts';
import { Problem, parseInput, versionConflict } from './problem.ts';
import { readQuery } from './read-query.ts';
import { answerText, formatWanted } from './report-answer.ts';
import type { TakeReport } from './report-turns.ts';
import { plansInForce } from './run-commission.ts';

export function addCommissionRoutes(app: GatewayApp, parts: GatewayParts, take: TakeReport): void {
  const { commissions } = parts;
  const categoriesFor = (tenant: string) => categoriesOf(parts.tenant(tenant).serving.model);

  app.get('/v1/plans', (context) => {
    const { version, document } = plansInForce({ commissions, tenant: context.get('access').tenant });
    return context.json({ version, ...document });
  });

  app.put('/v1/plans', async (context) => {
    const access = context.get('access');
    requireEveryStore(access, 'change plans');
    const { version: expected, ...document } = parseInput(plansRequestSchema, await readJson(context));
    readPlans(document.plans);
    const { version: now, document: before } = plansInForce({ commissions, tenant: access.tenant });
    const isMoved = before.timeZone !== document.timeZone || before.dayEnds !== document.dayEnds;
    if (isMoved && commissions.newestClosedPeriod(access.tenant) !== undefined) {
      const detail = `Wanted the calendar of the closed periods (${before.timeZone}, day ends at ${before.dayEnds}); got another.`;
      throw new Problem('wrong-state', detail);
    }
    const version = await commissions.replacePlans(access.tenant, document, expected);
    if (version !== undefined) return context.json({ version });
    throw new Problem('conflict', versionConflict('plans', now, expected));
  });

  app.get('/v1/commissions', async (context) => {
    const { period, agentId, entries } = readQuery(context, commissionQuerySchema);
    const format = formatWanted(context);
    const view = payViewOf(context.get('access'), agentId);
    const question = { period, view, withEntries: entries, format };
    const text = await take(context, ({ ask, tenant }) => ask('payAnswer', question, categoriesFor(tenant)));
    return answerText(context, text, format);
  });

  app.post('/v1/commissions/:period/close', async (context) => {
    requireEveryStore(context.get('access'), 'close a pay period');
    const period = parseInput(payPeriodSchema, context.req.param('period'));
    const question = { period, view: {}, withEntries: true, format: 'json' as const };
    const text = await take(context, async ({ ask, tenant }) => {
      const categories = categoriesFor(tenant);
      const sealedPayOf = (of: string) => ask('sealedPay', of, categories);
      await closeCommissions({ tenant, commissions, sealedPayOf }, period);
      return ask('payAnswer', question, categories);
    });
    return answerText(context, text, 'json');
  });

  app.post('/v1/commissions/what-if', async (context) => {
    requireEveryStore(context.get('access'), 'ask what all agents would be paid');
    const { from, to, plans } = parseInput(whatIfSchema, await readJson(context));
    const whatIf = await take(context, ({ ask, tenant }) =>
      ask('whatIf', { from, to, plans }, categoriesFor(tenant)),
    );
    return context.json(presentWhatIf(whatIf));
  });
}
