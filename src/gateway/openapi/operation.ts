import { z } from 'zod';
import type { ProblemType } from '../problem.ts';

/** Parts of the interface, as the document orders them. */
export const TAGS = {
  Suggestions: 'What to offer with a basket.',
  Events: 'What became of the offers, and what was sold.',
  Stock: 'Live stock, laid over the model.',
  Products: 'The catalogue as terminals need it.',
  Models: 'Which version answers.',
  Customers: 'Those who agreed to be known, and those who want to be forgotten.',
  Rules: "The operator's rules.",
  Pay: 'Commission plans, and what they pay for up-sells.',
  Contests: 'Contests among agents, with rewards that they choose.',
  Reports: 'Figures from the ledger.',
  Sessions: 'Log-in of pages.',
  Operation: 'Health, metrics and this description.',
} as const;

/** An answer that is not a problem. */
export interface DescribedAnswer {
  readonly description: string;
  /** Schema by content type; JSON has a name in `answeredSchemas`. Absent: no body. */
  readonly content?: Readonly<Record<string, z.ZodType>>;
}

/** A request that a test sends to the demo shop as the document states it. */
export interface Example {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** What there is to say about one route; its scope stands in route-scopes.ts. */
export interface Operation {
  /** A name that generated clients use. */
  readonly id: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description?: string;
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Has a name in `sentSchemas`. */
  readonly body?: z.ZodType;
  readonly answers: Readonly<Record<number, DescribedAnswer>>;
  /** Problems of this route, besides those of every route of its kind. */
  readonly problems?: readonly ProblemType[];
  readonly example?: Example;
  /** For a socket: what it carries. */
  readonly messages?: { readonly sent: z.ZodType; readonly answered: z.ZodType };
}

/** Schemas with a name of their own, of what clients send. */
export const sentSchemas = z.registry<{ id: string }>();

/** The same of what the gateway answers. */
export const answeredSchemas = z.registry<{ id: string }>();

type Mutable<T> = T extends object ? { -readonly [Name in keyof T]: Mutable<T[Name]> } : T;

/** The schema of a type: compiles only while each has all that the other has. */
export function schemaOf<Type>() {
  return <Schema extends z.ZodType<Type>>(schema: Mutable<Type> extends z.output<Schema> ? Schema : never) =>
    schema;
}

/** An answer in JSON. @param schema one with a name in `answeredSchemas` */
export function jsonAnswer(description: string, schema: z.ZodType): DescribedAnswer {
  return { description, content: { 'application/json': schema } };
}

/** The same, and its table as CSV. */
export function tableAnswer(description: string, schema: z.ZodType): DescribedAnswer {
  return { description, content: { 'application/json': schema, 'text/csv': z.string() } };
}
