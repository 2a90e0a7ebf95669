import { z } from 'zod';
import { ruleSchema, rulesRequestSchema } from '../wire.ts';
import { answeredSchemas, jsonAnswer, type Operation, sentSchemas } from './operation.ts';

sentSchemas.add(ruleSchema, { id: 'Rule' }).add(rulesRequestSchema, { id: 'RulesRequest' });
// What is read is what was written: the schema has no defaults.
answeredSchemas.add(ruleSchema, { id: 'Rule' });

const rulesSchema = z
  .object({ version: z.number(), rules: z.array(ruleSchema) })
  .register(answeredSchemas, { id: 'Rules' });

const rulesAnswerSchema = z.object({ version: z.number() }).register(answeredSchemas, { id: 'RulesAnswer' });

export const RULE_OPERATIONS = {
  'GET /v1/rules': {
    id: 'getRules',
    tag: 'Rules',
    summary: 'The rules in force',
    answers: { 200: jsonAnswer('All rules and their version.', rulesSchema) },
    example: {},
  },
  'PUT /v1/rules': {
    id: 'replaceRules',
    tag: 'Rules',
    summary: 'Replace all rules',
    description:
      'Takes effect at once, as a new version. With `version`, only if that is still the current one. A rule needs `productIds` ' +
      'or `category`, and `factor` where it boosts or buries.',
    body: rulesRequestSchema,
    answers: { 200: jsonAnswer('The new version, on disk.', rulesAnswerSchema) },
    problems: ['invalid-input', 'conflict', 'unavailable'],
    example: {
      body: {
        version: 0,
        rules: [
          { id: 'no-candles', action: 'exclude', category: 'Household/Candles' },
          { id: 'sugar-for-coffee', action: 'pin', productIds: ['598'], whenBasketHas: ['1228'] },
          { id: 'snack-week', action: 'boost', factor: 1.5, category: 'Snack Foods' },
        ],
      },
    },
  },
} as const satisfies Readonly<Record<string, Operation>>;
