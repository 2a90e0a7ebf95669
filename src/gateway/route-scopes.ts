import type { Scope } from './access.ts';

/**
 * The least scope each route asks for once there are keys: the one place that says so. A route under /v1 that is not
 * named here is refused to every key, and the test that walks all routes fails.
 */
export const ROUTE_SCOPES = {
  'POST /v1/suggestions': 'terminal',
  'POST /v1/events': 'terminal',
  'GET /v1/products': 'terminal',
  'GET /v1/products/:id': 'terminal',
  'GET /v1/stores': 'terminal',
  'GET /v1/models/current': 'terminal',
  'GET /v1/live': 'terminal',
  'POST /v1/session': 'terminal',
  'GET /v1/session': 'terminal',
  'DELETE /v1/session': 'terminal',
  'GET /v1/decisions/:id': 'analyst',
  'GET /v1/reports/sales': 'agent',
  'GET /v1/reports/uplift': 'analyst',
  'GET /v1/reports/customers': 'manager',
  'GET /v1/reports/inventory': 'analyst',
  'GET /v1/reports/off-policy': 'analyst',
  'GET /v1/reports/unmatched': 'manager',
  'GET /v1/models': 'analyst',
  'GET /v1/models/:version/evaluation': 'analyst',
  'POST /v1/models/:version/promote': 'analyst',
  'POST /v1/models/rollback': 'analyst',
  'GET /v1/rules': 'analyst',
  'GET /v1/commissions': 'agent',
  'POST /v1/commissions/:period/close': 'manager',
  'POST /v1/commissions/what-if': 'manager',
  'GET /v1/contests': 'agent',
  'GET /v1/contests/:id/standings': 'agent',
  'POST /v1/contests/:id/wishes': 'agent',
  'PUT /v1/contests/:id/ballot': 'agent',
  'POST /v1/contests': 'manager',
  'PATCH /v1/contests/:id': 'manager',
  'POST /v1/contests/:id/settle': 'manager',
  'GET /v1/plans': 'manager',
  'PUT /v1/plans': 'manager',
  'PUT /v1/rules': 'manager',
  'POST /v1/stock': 'manager',
  'POST /v1/customers/look-up': 'agent',
  'GET /v1/agents/:id/bests': 'agent',
  'DELETE /v1/customers/:id': 'manager',
  'GET /metrics': 'admin',
} as const satisfies Readonly<Record<`${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`, Scope>>;

export type RouteName = keyof typeof ROUTE_SCOPES;

/** The least scope for what a question may ask beyond its answer. */
export const QUESTION_SCOPES = {
  probability: 'analyst',
  explain: 'analyst',
} as const satisfies Readonly<Record<string, Scope>>;

export function scopeOf(route: string): Scope | undefined {
  return Object.hasOwn(ROUTE_SCOPES, route) ? ROUTE_SCOPES[route as RouteName] : undefined;
}
