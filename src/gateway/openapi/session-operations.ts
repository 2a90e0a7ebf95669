import { z } from 'zod';
import { SCOPES } from '../access.ts';
import { answeredSchemas, jsonAnswer, type Operation, sentSchemas } from './operation.ts';

const nothingSchema = z
  .object({})
  .describe('The body is not read; its content type shows that no other site sends it.')
  .register(sentSchemas, { id: 'Nothing' });

const who = { scope: z.enum(SCOPES), tenant: z.string() };

const loggedInSchema = z.object(who).register(answeredSchemas, { id: 'LoggedIn' });

const sessionSchema = z
  .object({
    ...who,
    keyId: z.string().nullable(),
    isLoggedIn: z.boolean(),
    stores: z
      .array(z.string())
      .nullable()
      .describe('the only ones that this key may name; null: it may name every store'),
  })
  .register(answeredSchemas, { id: 'Session' });

const loggedOutSchema = z
  .object({ isLoggedIn: z.literal(false) })
  .register(answeredSchemas, { id: 'LoggedOut' });

export const SESSION_OPERATIONS = {
  'POST /v1/session': {
    id: 'logIn',
    tag: 'Sessions',
    summary: 'Exchange a key for a cookie',
    description: 'For pages. Needs a key in the header, even where a gateway without keys lets everybody in.',
    body: nothingSchema,
    answers: { 200: jsonAnswer('Logged in for a day, by the cookie that comes with it.', loggedInSchema) },
    problems: ['unauthorized', 'unavailable'],
    example: { body: {} },
  },
  'GET /v1/session': {
    id: 'getSession',
    tag: 'Sessions',
    summary: 'Who asks',
    answers: { 200: jsonAnswer('What the key or cookie stands for.', sessionSchema) },
    example: {},
  },
  'DELETE /v1/session': {
    id: 'logOut',
    tag: 'Sessions',
    summary: 'End the session of the cookie',
    body: nothingSchema,
    answers: { 200: jsonAnswer('Logged out.', loggedOutSchema) },
    problems: ['unavailable'],
    example: { body: {} },
  },
} as const satisfies Readonly<Record<string, Operation>>;
