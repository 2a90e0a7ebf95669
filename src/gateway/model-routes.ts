import { type Access, DEFAULT_TENANT, requireEveryStore } from './access.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import type { ModelChange } from './model-keeper.ts';
import { Problem } from './problem.ts';

/** A change reads and checks a whole version. */
const RETRY_S = 2;

export function addModelRoutes(app: GatewayApp, { models, tenant }: GatewayParts): void {
  app.get('/v1/models', async (context) => context.json({ models: await models.list() }));

  app.get('/v1/models/current', (context) => {
    const { model } = tenant(context.get('access').tenant).serving;
    const { version, notice, currency, knownCount, products } = model;
    const facts = { modelVersion: version, notice: notice ?? null, currency: currency ?? null };
    return context.json({ ...facts, products: products.length, knownProducts: knownCount });
  });

  app.post('/v1/models/rollback', async (context) => {
    requireOwner(context.get('access'));
    return context.json(changed(await models.rollback()));
  });

  app.post('/v1/models/:version/promote', async (context) => {
    requireOwner(context.get('access'));
    return context.json(changed(await models.promote(context.req.param('version'))));
  });
}

/** The model answers every tenant and store. @throws Problem 'forbidden' */
function requireOwner(access: Access): void {
  requireEveryStore(access, 'change the model');
  if (access.tenant === DEFAULT_TENANT) return;
  throw new Problem(
    'forbidden',
    `Wanted a key of the tenant '${DEFAULT_TENANT}' to change the model, which all tenants share; got one of another.`,
  );
}

/** @throws Problem that says why nothing was changed */
function changed(change: ModelChange): { modelVersion: string; previousVersion: string } {
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
