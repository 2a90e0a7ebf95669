import fc from 'fast-check';
import { openApi } from './documented.ts';

/** The keywords of JSON Schema that the document uses for what clients send. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** Lists are short, so that the many requests of a run stay quick. */
const ITEMS_MAX = 5;

const texts = mostly(
  fc.constantFrom('phone', 'case', 's1', 'd1', 'EUR', 'JPY', '__proto__', 'constructor', '📱', '\ud800'),
  fc.oneof(fc.constantFrom('', '\u0000', 'x'.repeat(129)), fc.uuid(), fc.string({ unit: 'binary' })),
);
const instants = mostly(
  fc.oneof(
    fc.date({ min: new Date(-62_000_000_000_000), noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom('2026-05-01T10:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999999+23:59'),
  ),
  fc.constantFrom('2026-05-01T00:00-00:00', '+010000-01-01T00:00:00Z', 'now'),
);
const days = mostly(
  fc.constantFrom('2026-05-01', '2024-02-29', '0000-01-01', '9999-12-31'),
  fc.constantFrom('2026-02-30', '2026-13-01', '1', ''),
);
const anything = fc.jsonValue({ maxDepth: 4 });

/**
 * Values of a schema of the document: mostly as it wants them, and now and then, at any place in them, something else.
 */
export function described(schema: Schema): fc.Arbitrary<unknown> {
  return mostly(wanted(schema), anything);
}

function wanted(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return wanted(namedSchema(schema.$ref.split('/').at(-1)!));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const either = schema.oneOf ?? schema.anyOf;
  if (either) return fc.oneof(...either.map(wanted));
  switch (schema.type) {
    case 'string':
      return textsOf(schema);
    case 'integer':
      return integersOf(schema);
    case 'number':
      return mostly(fc.integer({ min: 1, max: 10 }), fc.double());
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(described(schema.items ?? {}), { maxLength: ITEMS_MAX });
    case 'object':
      return fields(schema);
    default:
      return anything;
  }
}

function textsOf({ format, pattern, examples }: Schema): fc.Arbitrary<unknown> {
  if (format === 'date-time') return instants;
  if (format === 'date') return days;
  if (!examples) return texts;
  return mostly(
    fc.constantFrom(...examples),
    pattern === undefined ? texts : fc.stringMatching(new RegExp(pattern)),
  );
}

/** Half of them near the least, where versions are. */
function integersOf({ minimum = 0, maximum = 1_000_000 }: Schema): fc.Arbitrary<number> {
  const small = fc.integer({ min: minimum, max: Math.min(maximum, minimum + 3) });
  return fc.oneof(small, fc.integer({ min: minimum, max: maximum }));
}

function fields({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const values: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, described(field)]),
  );
  const whole = fc.record(values, { requiredKeys: [...required] });
  return mostly(whole, fc.record(values, { requiredKeys: [] }));
}

export function namedSchema(name: string): Schema {
  return openApi.components.schemas[name] as Schema;
}

/** Mostly what is wanted, now and then something else. */
function mostly(usual: fc.Arbitrary<unknown>, rare: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: rare });
}
