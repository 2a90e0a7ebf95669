import { z } from 'zod';
import type { Scope } from '../access.ts';
import { SESSION_COOKIE } from '../admission.ts';
import { PROBLEMS, type ProblemType } from '../problem.ts';
import { NEVER_REFUSED } from '../refuse-overload.ts';
import { type RouteName, scopeOf } from '../route-scopes.ts';
import { AGENT_OPERATIONS } from './agent-operations.ts';
import { COMMISSION_OPERATIONS } from './commission-operations.ts';
import { CONTEST_OPERATIONS } from './contest-operations.ts';
import { CUSTOMER_OPERATIONS } from './customer-operations.ts';
import { EVENT_OPERATIONS } from './event-operations.ts';
import { HEALTH_OPERATIONS } from './health-operations.ts';
import { INVENTORY_OPERATIONS } from './inventory-operation.ts';
import { LIVE_OPERATIONS } from './live-operations.ts';
import { MODEL_OPERATIONS } from './model-operations.ts';
import { answeredSchemas, type DescribedAnswer, type Operation, sentSchemas, TAGS } from './operation.ts';
import { problemSchema } from './problem-schema.ts';
import { PRODUCT_OPERATIONS } from './product-operations.ts';
import { REPORT_OPERATIONS } from './report-operations.ts';
import { RULE_OPERATIONS } from './rule-operations.ts';
import { SESSION_OPERATIONS } from './session-operations.ts';
import { STOCK_OPERATIONS } from './stock-operations.ts';
import { SUGGESTION_OPERATIONS } from './suggestion-operations.ts';

type PublicRoute = 'GET /healthz' | 'GET /readyz' | 'GET /openapi.json';

/** Every route of the interface; a route with a scope and without a description does not compile. */
const OPERATIONS: Readonly<Record<RouteName | PublicRoute, Operation>> = {
  ...SUGGESTION_OPERATIONS,
  ...LIVE_OPERATIONS,
  ...EVENT_OPERATIONS,
  ...STOCK_OPERATIONS,
  ...PRODUCT_OPERATIONS,
  ...MODEL_OPERATIONS,
  ...CUSTOMER_OPERATIONS,
  ...AGENT_OPERATIONS,
  ...RULE_OPERATIONS,
  ...COMMISSION_OPERATIONS,
  ...CONTEST_OPERATIONS,
  ...REPORT_OPERATIONS,
  ...INVENTORY_OPERATIONS,
  ...SESSION_OPERATIONS,
  ...HEALTH_OPERATIONS,
};

type Json = Readonly<Record<string, unknown>>;

/** Problems of every route that needs a key, of every one that could be sent a body, and of every one that takes one. */
const KEY_PROBLEMS: readonly ProblemType[] = ['unauthorized', 'forbidden', 'too-many-requests'];
const SENDING_PROBLEMS: readonly ProblemType[] = ['too-large', 'unsupported-type'];
const BODY_PROBLEMS: readonly ProblemType[] = ['malformed-json', 'incomplete'];

/** The description of the HTTP interface as OpenAPI 3.1, made from the schemas that check its requests. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [route, operation] of Object.entries(OPERATIONS)) {
    const [method, path] = route.split(' ') as [string, string];
    const template = path.replaceAll(/:(\w+)/g, '{$1}');
    paths[template] = {
      ...paths[template],
      [method.toLowerCase()]: describe(operation, {
        scope: scopeOf(route),
        isSending: method !== 'GET',
        mayBeRefused: !NEVER_REFUSED.has(path),
      }),
    };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Basketlift',
      version,
      summary: 'What to offer next, ranked by what one more unit sold is worth.',
      description:
        'Without keys, everybody on the machine of the gateway may do everything. Once there are keys, every route under /v1 needs ' +
        'one of the scope it states or above: terminal, agent, analyst, manager, admin. Errors are problem+json (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { ...namedSchemas(sentSchemas, 'input'), ...namedSchemas(answeredSchemas, 'output') },
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A key made by `basketlift keys create`.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: SESSION_COOKIE,
          description: 'The cookie of a page, set by logIn.',
        },
      },
    },
  };
}

interface Route {
  /** None for routes that everybody may use. */
  readonly scope: Scope | undefined;
  /** Whether its method could carry a body. */
  readonly isSending: boolean;
  readonly mayBeRefused: boolean;
}

function describe(operation: Operation, route: Route): Json {
  const { scope, isSending, mayBeRefused } = route;
  const { id, tag, summary, description, body, answers, example, messages } = operation;
  const problems = [
    'wrong-host' as const,
    ...(scope === undefined ? [] : KEY_PROBLEMS),
    ...(isSending ? SENDING_PROBLEMS : []),
    ...(body ? BODY_PROBLEMS : []),
    ...(operation.problems ?? []),
    ...(mayBeRefused && !operation.messages ? (['overloaded'] as const) : []),
    'internal' as const,
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description && { description }),
    security: scope === undefined ? [] : [{ key: [scope] }, { session: [scope] }],
    ...(scope !== undefined && { 'x-scope': scope }),
    parameters: [
      ...parameters('path', operation.path, example?.path),
      ...parameters('query', operation.query, example?.query),
    ],
    ...(body && {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: reference(body), ...(example?.body && { example: example.body }) },
        },
      },
    }),
    responses: { ...describeAnswers(answers), ...describeProblems(problems, answers) },
    ...(messages && {
      'x-messages': { sent: reference(messages.sent), answered: reference(messages.answered) },
    }),
  };
}

function parameters(
  place: 'path' | 'query',
  schema: z.ZodObject | undefined,
  example: Readonly<Record<string, string>> | undefined,
): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...type } = property as z.core.JSONSchema.BaseSchema;
    return {
      name,
      in: place,
      required: required.includes(name),
      ...(description && { description }),
      schema: type,
      ...(example?.[name] !== undefined && {
        example: type.type === 'integer' || type.type === 'number' ? Number(example[name]) : example[name],
      }),
    };
  });
}

function describeAnswers(answers: Operation['answers']): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, content }]) => [
      status,
      { description, ...(content && { content: describeContent(content) }) },
    ]),
  );
}

function describeContent(content: NonNullable<DescribedAnswer['content']>): Json {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => [type, { schema: reference(schema) }]),
  );
}

/** Problems by their status; a status that also answers without one keeps both. */
function describeProblems(problems: readonly ProblemType[], answers: Operation['answers']): Json {
  const statuses = new Set(problems.map((type) => PROBLEMS[type][0]));
  const described = [...statuses].map((status) => {
    const stated = answers[status];
    const types = [...new Set(problems)].filter((type) => PROBLEMS[type][0] === status);
    const lines = types.map((type) => `\`${type}\`: ${PROBLEMS[type][1]}.`);
    const mayRetry = status === 429 || status === 503;
    return [
      status,
      {
        description: [...(stated ? [stated.description] : []), ...lines].join('\n\n'),
        ...(mayRetry && {
          headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'seconds' } },
        }),
        content: {
          ...(stated?.content && describeContent(stated.content)),
          'application/problem+json': { schema: reference(problemSchema) },
        },
      },
    ] as const;
  });
  return Object.fromEntries(described);
}

/** A schema by its name, or as it is when it has none. */
function reference(schema: z.ZodType): Json {
  const named = (sentSchemas.get(schema) ?? answeredSchemas.get(schema))?.id;
  if (named !== undefined) return { $ref: schemaUri(named) };
  const { $schema: _, ...plain } = z.toJSONSchema(schema);
  return plain;
}

function namedSchemas(registry: typeof sentSchemas, io: 'input' | 'output'): Json {
  const { schemas } = z.toJSONSchema(registry, { io, uri: schemaUri });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema]),
  );
}

function schemaUri(name: string): string {
  return `#/components/schemas/${name}`;
}
