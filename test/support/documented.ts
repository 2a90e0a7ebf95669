import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApiDocument } from '../../src/gateway/openapi/openapi-document.ts';

/** The parts of the document that tests look into. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly 'x-scope'?: string;
  readonly parameters: readonly { name: string; in: 'path' | 'query'; schema: object; example?: unknown }[];
  readonly requestBody?: { content: Record<string, { schema: object; example?: object }> };
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, unknown>> }>>;
}

export const openApi = openApiDocument('test') as unknown as OpenApiDocument;

const ajv = new Ajv2020({ strict: false, validateFormats: true, allErrors: false });
addFormats.default(ajv);
ajv.addSchema(openApi, 'openapi', false, false);

const templates = Object.keys(openApi.paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/** The status of an answer that is what was asked for. */
export function statusOfSuccess({ responses }: DocumentedOperation): number {
  return Number(Object.keys(responses).find((status) => status.startsWith('2')));
}

/** The operation that a request is for; undefined where the document has none. */
export function operationAt(
  method: string,
  path: string,
): { template: string; operation: DocumentedOperation } | undefined {
  const { pathname } = new URL(path, 'http://localhost');
  const found = templates.find(({ pattern }) => pattern.test(pathname));
  const operation = found && openApi.paths[found.template]![method.toLowerCase()];
  return operation && { template: found.template, operation };
}

/** What the document forbids about an answer; undefined when it is as described. Unknown routes are not looked at. */
export function undocumented(
  request: { readonly method: string; readonly path: string },
  answer: { readonly status: number; readonly contentType: string | null; readonly body: unknown },
): string | undefined {
  const found = operationAt(request.method, request.path);
  if (!found) return undefined;
  const { template, operation } = found;
  const where = `${request.method} ${template} ${answer.status}`;
  const response = operation.responses[answer.status];
  if (!response) return `${where}: no such status is described`;
  const type = answer.contentType?.split(';')[0] ?? '';
  if (!response.content?.[type]) return `${where}: no answer of type '${type}' is described`;
  if (!type.endsWith('json')) return undefined;
  const steps = ['paths', template, request.method.toLowerCase(), 'responses', String(answer.status)];
  return mismatch([...steps, 'content', type, 'schema'], answer.body, where);
}

/** What is wrong with a value by one of the document's named schemas; undefined when nothing is. */
export function mismatchWith(name: string, value: unknown): string | undefined {
  return mismatch(['components', 'schemas', name], value, name);
}

function mismatch(steps: readonly string[], value: unknown, where: string): string | undefined {
  const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')));
  const check = ajv.getSchema(`openapi#/${pointer.join('/')}`);
  if (!check) throw new Error(`wanted a schema at ${steps.join(' → ')}; got none`);
  if (check(value)) return undefined;
  return `${where}: ${ajv.errorsText(check.errors)}; got ${JSON.stringify(value)?.slice(0, 500)}`;
}
