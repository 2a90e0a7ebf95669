import { z } from 'zod';
import { liveMessageSchema } from '../wire.ts';
import { eventAnswerSchema } from './event-operations.ts';
import { answeredSchemas, type Operation, sentSchemas } from './operation.ts';
import { problemSchema } from './problem-schema.ts';
import { suggestionAnswerSchema } from './suggestion-operations.ts';

sentSchemas.add(liveMessageSchema, { id: 'LiveMessage' });

const liveAnswerSchema = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('hello'),
      modelVersion: z.string(),
      resumed: z.array(z.object({ basketId: z.string(), seq: z.number() })),
    }),
    suggestionAnswerSchema.extend({ type: z.literal('suggestions'), seq: z.number() }),
    eventAnswerSchema.extend({ type: z.literal('stored') }),
    z.object({ type: z.literal('resync'), basketId: z.string() }).describe('send the whole basket'),
    problemSchema.extend({
      type: z.literal('problem'),
      problem: z.string().describe('its name'),
      basketId: z.string().exactOptional(),
      id: z.string().exactOptional().describe('of the event it is about'),
    }),
    z.object({ type: z.literal('ping') }),
  ])
  .register(answeredSchemas, { id: 'LiveAnswer' });

export const LIVE_OPERATIONS = {
  'GET /v1/live': {
    id: 'openLive',
    tag: 'Suggestions',
    summary: 'Many baskets on one WebSocket',
    description:
      'Messages are JSON texts, described under `x-messages`: `LiveMessage` from the client, `LiveAnswer` from the gateway. ' +
      'Begin with `hello`, which carries the key where no header does. Only the newest `seq` of a basket is answered; `resync` ' +
      'asks for the whole basket when a change was missed. An outcome is an event in `event`, or the event itself as the ' +
      'message. A refused upgrade has a status and no body.',
    answers: { 101: { description: 'The socket is open.' } },
    problems: ['not-found', 'busy'],
    messages: { sent: liveMessageSchema, answered: liveAnswerSchema },
  },
} as const satisfies Readonly<Record<string, Operation>>;
