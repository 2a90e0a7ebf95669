import { type Access, requireEveryStore } from './access.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import type { ModelChange, ModelKeeper } from './model-keeper.ts';
import { Problem, parseInput } from './problem.ts';
import { idSchema } from './wire.ts';

/** When to try again: a change reads and checks a whole version. */
const RETRY_S = 2;

export function addModelRoutes(app: GatewayApp, { models, tenant }: GatewayParts): void {
  /** @throws Problem 'forbidden' */
  const ownModels = (access: Access): ModelKeeper => {
    requireEveryStore(access, 'change the model');
    const keeper = models(access.tenant);
    if (keeper.tenant === access.tenant) return keeper;
    throw new Problem(
      'forbidden',
      `Wanted a key of the tenant '${keeper.tenant}' to change the model, which is shared by all tenants without a model of their own; got a key of another tenant. Train a model of its own with train --out MODELS/tenants/${access.tenant}.`,
    );
  };

  app.get('/v1/models', async (context) => {
    return context.json({ models: await models(context.get('access').tenant).list() });
  });

  app.get('/v1/models/current', (context) => {
    const access = context.get('access');
    const { model } = tenant(access.tenant).serving;
    const { rememberedBaskets } = models(access.tenant);
    const { version, notice, currency, knownCount, products } = model;
    const facts = { modelVersion: version, notice: notice ?? null, currency: currency ?? null };
    const size = { products: products.length, knownProducts: knownCount };
    return context.json({ ...facts, ...size, rememberedBaskets });
  });

  app.get('/v1/models/:version/evaluation', async (context) => {
    const version = parseInput(idSchema, context.req.param('version'));
    const evaluation = await models(context.get('access').tenant).evaluation(version);
    if (evaluation) return context.json(evaluation);
    throw new Problem(
      'not-found',
      `There is no evaluation of a version '${version.slice(0, 100)}' in the registry.`,
    );
  });

  app.post('/v1/models/rollback', async (context) => {
    return context.json(changed(await ownModels(context.get('access')).rollback()));
  });

  app.post('/v1/models/:version/promote', async (context) => {
    return context.json(
      changed(await ownModels(context.get('access')).promote(context.req.param('version'))),
    );
  });
}

/** @throws Problem that says why nothing was changed */
function changed(change: ModelChange): { modelVersion: string; previousVersion: string | null } {
  if (change.status === 'serving') return { modelVersion: change.version, previousVersion: change.before };
  throw new Problem(PROBLEM_OF[change.status], change.reason, {
    ...((change.status === 'busy' || change.status === 'unavailable') && { retryAfterS: RETRY_S }),
  });
}

const PROBLEM_OF = {
  refused: 'model-refused',
  unknown: 'not-found',
  fixed: 'model-fixed',
  busy: 'busy',
  unavailable: 'unavailable',
} as const;
