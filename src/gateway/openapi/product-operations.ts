import { z } from 'zod';
import { idSchema, productQuerySchema, storeQuerySchema } from '../wire.ts';
import { answeredSchemas, jsonAnswer, type Operation } from './operation.ts';

const productSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    category: z.string(),
    unitPrice: z.number().exactOptional(),
    barcode: z.string().exactOptional(),
    minAge: z.number().exactOptional(),
    stock: z
      .object({ onHand: z.number().nullable(), asOf: z.iso.datetime() })
      .exactOptional()
      .describe('of the store asked about; for keys of scope agent or above'),
  })
  .register(answeredSchemas, { id: 'Product' });

const productsSchema = z
  .object({ products: z.array(productSchema) })
  .register(answeredSchemas, { id: 'Products' });

const storesSchema = z
  .object({ stores: z.array(z.object({ id: z.string(), name: z.string() })) })
  .register(answeredSchemas, { id: 'Stores' });

export const PRODUCT_OPERATIONS = {
  'GET /v1/products': {
    id: 'findProducts',
    tag: 'Products',
    summary: 'Find products as they are typed at a till',
    description:
      'Words in any order, their beginnings, one typo, or a barcode. Without `q`: the best sellers of the store and category.',
    query: productQuerySchema,
    answers: { 200: jsonAnswer('The best matches first.', productsSchema) },
    problems: ['invalid-input'],
    example: { query: { q: 'milk', storeId: 's6', limit: '5' } },
  },
  'GET /v1/products/:id': {
    id: 'getProduct',
    tag: 'Products',
    summary: 'One product',
    path: z.object({ id: idSchema }),
    query: storeQuerySchema,
    answers: { 200: jsonAnswer('The product.', productSchema) },
    problems: ['invalid-input', 'not-found'],
    example: { path: { id: '282' }, query: { storeId: 's6' } },
  },
  'GET /v1/stores': {
    id: 'listStores',
    tag: 'Products',
    summary: 'The stores of the key',
    answers: { 200: jsonAnswer('The busiest first.', storesSchema) },
    example: {},
  },
} as const satisfies Readonly<Record<string, Operation>>;
