import { z } from 'zod';
import { answeredSchemas } from './operation.ts';

/** What every report says about what it covers. */
export const scopeFields = {
  from: z.iso.date(),
  to: z.iso.date(),
  timeZone: z.string(),
  dayEnds: z.number().describe('local hour at which the business day ends'),
  storeId: z.string().exactOptional(),
  agentId: z.string().exactOptional(),
  channel: z.string().exactOptional(),
};

export const intervalSchema = z
  .object({ estimate: z.number(), low: z.number(), high: z.number() })
  .register(answeredSchemas, { id: 'Interval' });
