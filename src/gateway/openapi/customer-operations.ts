import { z } from 'zod';
import { idSchema } from '../wire.ts';
import { answeredSchemas, jsonAnswer, type Operation } from './operation.ts';

const erasureSchema = z
  .object({ decisionsChanged: z.number().describe('decisions that no longer lead to the customer') })
  .register(answeredSchemas, { id: 'Erasure' });

export const CUSTOMER_OPERATIONS = {
  'DELETE /v1/customers/:id': {
    id: 'eraseCustomer',
    tag: 'Customers',
    summary: 'Forget a customer for good',
    description:
      'At once in every process; reports stay as they are. Again, or for somebody unknown, it is no error. Whatever names the id ' +
      'later is kept as of nobody. Wants a key for every store.',
    path: z.object({ id: idSchema }),
    answers: { 200: jsonAnswer('On disk.', erasureSchema) },
    problems: ['invalid-input', 'unavailable'],
    example: { path: { id: 'c-1042' } },
  },
} as const satisfies Readonly<Record<string, Operation>>;
