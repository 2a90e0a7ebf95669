import { z } from 'zod';
import { idSchema } from './wire.ts';

const AGENTS_MAX = 1000;

export const agentListSchema = z
  .array(idSchema, 'a list of agents')
  .min(1, 'at least one agent')
  .max(AGENTS_MAX, `at most ${AGENTS_MAX} agents`);

export function hasEachOnce(ids: readonly string[]): boolean {
  return new Set(ids).size === ids.length;
}
