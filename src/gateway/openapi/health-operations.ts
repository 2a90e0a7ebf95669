import { z } from 'zod';
import { answeredSchemas, jsonAnswer, type Operation } from './operation.ts';

const aliveSchema = z
  .object({ status: z.literal('ok'), version: z.string() })
  .register(answeredSchemas, { id: 'Alive' });

const readinessSchema = z
  .object({
    status: z.enum(['ready', 'stopping']),
    modelVersion: z.string(),
    degraded: z.array(z.string()).describe('parts that the gateway does without for now'),
    parts: z.record(z.string(), z.string()).describe('the state of each part'),
  })
  .register(answeredSchemas, { id: 'Readiness' });

const documentSchema = z.looseObject({ openapi: z.string() }).register(answeredSchemas, { id: 'OpenApi' });

export const HEALTH_OPERATIONS = {
  'GET /healthz': {
    id: 'getHealth',
    tag: 'Operation',
    summary: 'Whether the process answers',
    answers: { 200: jsonAnswer('It does.', aliveSchema) },
    example: {},
  },
  'GET /readyz': {
    id: 'getReadiness',
    tag: 'Operation',
    summary: 'Whether to send it work, and what it lacks',
    answers: {
      200: jsonAnswer('It takes work.', readinessSchema),
      503: jsonAnswer('It is stopping: come back later, or ask another.', readinessSchema),
    },
    example: {},
  },
  'GET /metrics': {
    id: 'getMetrics',
    tag: 'Operation',
    summary: 'Metrics for Prometheus',
    answers: { 200: { description: 'Text exposition.', content: { 'text/plain': z.string() } } },
    example: {},
  },
  'GET /openapi.json': {
    id: 'getDescription',
    tag: 'Operation',
    summary: 'This description',
    answers: { 200: jsonAnswer('OpenAPI 3.1.', documentSchema) },
    example: {},
  },
} as const satisfies Readonly<Record<string, Operation>>;
