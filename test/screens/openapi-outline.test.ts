import { describe, expect, test } from 'vitest';
import {
  curlText,
  type OpenApi,
  routesOf,
  type Schema,
  typeText,
} from '../../src/screens/openapi-outline.ts';
import { openApi } from '../support/documented.ts';

const api = openApi as unknown as OpenApi;
const routes = api.tags.flatMap(({ name }) => routesOf(api, name));

describe('the description of the interface', () => {
  test.each(routes)('has an example that asks with the method of the route: $method $path', (route) => {
    const text = curlText(route, 'http://localhost');
    const asked = / -X (\w+)/.exec(text)?.[1] ?? (text.includes(" -d '") ? 'POST' : 'GET');
    expect(asked).toBe(route.method);
  });

  test('says of every field with a type which one', () => {
    const fields = Object.entries(api.components.schemas).flatMap(([name, { properties = {} }]) =>
      Object.entries(properties).map(([field, schema]) => ({ field: `${name}.${field}`, schema })),
    );
    const unsaid = fields.filter(
      ({ schema }) => schema.type !== undefined && typeText(schema) === 'anything',
    );
    expect(unsaid).toEqual([]);
  });

  test.each<[string, Schema]>([
    ['number or null', { type: ['number', 'null'] }],
    ['text (1 to 9) or null', { type: ['string', 'null'], minLength: 1, maxLength: 9 }],
    ['list of Store or null', { type: ['array', 'null'], items: { $ref: '#/components/schemas/Store' } }],
    ['anything', {}],
  ])('calls a type %s', (text, schema) => {
    expect(typeText(schema)).toBe(text);
  });
});
