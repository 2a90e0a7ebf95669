import type { RuleBook } from '../recommender/rules.ts';
import { requireEveryStore } from './access.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { readJson } from './json-body.ts';
import { Problem, parseInput, versionConflict } from './problem.ts';
import { rulesRequestSchema, type WireRule } from './wire.ts';

export function addRuleRoutes(app: GatewayApp, { tenant }: GatewayParts): void {
  app.get('/v1/rules', (context) => context.json(tenant(context.get('access').tenant).rules.current()));

  app.put('/v1/rules', async (context) => {
    const access = context.get('access');
    requireEveryStore(access, 'change rules');
    const { rules, replaceRules } = tenant(access.tenant);
    const request = parseInput(rulesRequestSchema, await readJson(context));
    const version = await rules.replace(request.rules, request.version);
    if (version === undefined) {
      throw new Problem('conflict', versionConflict('rules', rules.current().version, request.version));
    }
    replaceRules(ruleBook(version, request.rules));
    return context.json({ version });
  });
}

/** Rules as the recommender takes them, with times as numbers. */
export function ruleBook(version: number, rules: readonly WireRule[]): RuleBook {
  return {
    version,
    rules: rules.map(({ from, until, ...rule }) => ({
      ...rule,
      ...(from !== undefined && { fromMs: Date.parse(from) }),
      ...(until !== undefined && { untilMs: Date.parse(until) }),
    })),
  };
}
