/** The part of JSON Schema that the gateway's own OpenAPI document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

interface Content {
  readonly schema: Schema;
  readonly example?: unknown;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly 'x-scope'?: string;
  readonly 'x-messages'?: { readonly sent: Schema; readonly answered: Schema };
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly description?: string;
    readonly schema: Schema;
    readonly example?: unknown;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, Content>> }>
  >;
}

/** The gateway's /openapi.json, to the extent that the page shows it. */
export interface OpenApi {
  readonly info: { readonly version: string; readonly summary: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export function routesOf(document: OpenApi, tag: string): Route[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, operation]) => operation.tags.includes(tag))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** The name of the schema that a reference points to; undefined for an inline schema. */
export function nameOf(schema: Schema): string | undefined {
  return schema.$ref?.split('/').at(-1);
}

/** A schema in a few words, such as `list of text (1 to 128)`. */
export function typeText(schema: Schema): string {
  const name = nameOf(schema);
  if (name !== undefined) return name;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  const either = schema.oneOf ?? schema.anyOf;
  if (either) return either.map(typeText).join(' or ');
  if (typeof schema.type === 'object') {
    return schema.type.map((type) => typeText({ ...schema, type })).join(' or ');
  }
  if (schema.type === 'array') return `list of ${typeText(schema.items ?? {})}${range(schema, 'Items')}`;
  if (schema.type === 'string') return `${schema.format ?? 'text'}${range(schema, 'Length')}`;
  if (schema.type === 'number' || schema.type === 'integer') return `${schema.type}${numberRange(schema)}`;
  return schema.type ?? 'anything';
}

/** An example request as a shell command. */
export function curlText({ method, path, operation }: Route, origin: string): string {
  const given = operation.parameters.filter(({ example }) => example !== undefined);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(String(given.find((parameter) => parameter.name === name)?.example ?? name)),
  );
  const query = new URLSearchParams(
    given
      .filter((parameter) => parameter.in === 'query')
      .map(({ name, example }): [string, string] => [name, String(example)]),
  ).toString();
  const body = operation.requestBody?.content['application/json']?.example;
  const methodOfCurl = body === undefined ? 'GET' : 'POST';
  return [
    `curl -s${method === methodOfCurl ? '' : ` -X ${method}`} '${origin}${filled}${query && `?${query}`}'`,
    ...(operation['x-scope'] === undefined ? [] : ["-H 'Authorization: Bearer KEY'"]),
    ...(body === undefined ? [] : ["-H 'Content-Type: application/json'", `-d '${JSON.stringify(body)}'`]),
  ].join(' \\\n  ');
}

function range(schema: Schema, of: 'Length' | 'Items'): string {
  const least = schema[`min${of}`];
  const most = schema[`max${of}`];
  if (most === undefined || most > 1e9) return '';
  return least === undefined ? ` (to ${most})` : ` (${least} to ${most})`;
}

function numberRange({ minimum, exclusiveMinimum, maximum }: Schema): string {
  const from = exclusiveMinimum === undefined ? minimum : `above ${exclusiveMinimum}`;
  const isBounded = maximum !== undefined && maximum < 1e9;
  const parts = [...(from === undefined ? [] : [String(from)]), ...(isBounded ? [`to ${maximum}`] : [])];
  return parts.length === 0 ? '' : ` (${parts.join(' ')}${isBounded ? '' : ' up'})`;
}
