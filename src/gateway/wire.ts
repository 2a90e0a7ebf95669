import { z } from 'zod';

/** Limits of one request. */
export const BODY_BYTES_MAX = 1_048_576;
export const BASKET_LINES_MAX = 500;
export const STOCK_ROWS_MAX = 10_000;
export const RULES_MAX = 1000;
const SUGGESTIONS_MAX = 10;
const RANKED_MAX = 50;
const BUDGET_MS_MAX = 5000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: \P{Cc}, as languages without \P{} read it in /openapi.json too
const NO_CONTROL = /^[^\u0000-\u001f\u007f-\u009f]+$/u;

/** Half of a surrogate pair, which JSON can write: UTF-8 cannot, so it would be kept altered and passed on to nobody. */
const isWhole = (text: string) => text.isWellFormed();
const WHOLE = 'a text without halves of characters';

/** The texts of a schema that can be kept, passed on and printed as they are. */
export const plainText = (schema: z.ZodString) =>
  schema.regex(NO_CONTROL, 'a text without control characters').refine(isWhole, WHOLE);

/** Ids of other systems. */
const id = plainText(
  z.string('a text').min(1, 'a text of 1 to 128 characters').max(128, 'a text of 1 to 128 characters'),
);

/** A switch in a query. @param byDefault where it is not named */
export const flagSchema = (byDefault: '0' | '1') =>
  z
    .enum(['0', '1'], "'0' or '1'")
    .default(byDefault)
    .transform((text) => text === '1');
const instant = z.iso.datetime({ offset: true, error: 'a time as RFC 3339 with an offset' });
const amount = z
  .number('a number')
  .min(-1e9, 'a number of at least -1e9')
  .max(1e9, 'a number of at most 1e9');
const price = z
  .number('a number of at least 0')
  .min(0, 'a number of at least 0')
  .max(1e9, 'a number of at most 1e9');
const quantity = z
  .number('a number above 0')
  .positive('a number above 0')
  .max(1e6, 'a number of at most 1000000');

export { id as idSchema, instant as instantSchema, price as priceSchema, quantity as quantitySchema };

export const channelSchema = z.enum(['till', 'call', 'web'], "one of 'till', 'call', 'web'");

export const basketLineSchema = z.object(
  { productId: id, quantity: quantity.default(1), unitPrice: price.exactOptional() },
  'an object with productId',
);

const basketSchema = z
  .array(basketLineSchema, 'a list of lines')
  .max(BASKET_LINES_MAX, `a list of at most ${BASKET_LINES_MAX} lines`);

/** What every suggestion request says besides its products. */
const occasionFields = {
  storeId: id.exactOptional(),
  channel: channelSchema.default('till'),
  customerId: id.exactOptional(),
  customerAge: z
    .int('a whole number of years')
    .min(0, 'an age from 0')
    .max(150, 'an age to 150')
    .exactOptional(),
  consent: z
    .object({ personalise: z.boolean('true or false') }, 'an object with personalise')
    .exactOptional(),
  agentId: id.exactOptional(),
  language: z.string('a language tag').max(35, 'a language tag').exactOptional(),
  limit: z
    .int('a whole number')
    .min(1, 'a number from 1')
    .max(RANKED_MAX, `a number to ${RANKED_MAX}`)
    .exactOptional(),
  objective: z.enum(['value', 'probability'], "'value' or 'probability'").default('value'),
  budgetMs: z
    .number('milliseconds')
    .positive('a number above 0')
    .max(BUDGET_MS_MAX, `at most ${BUDGET_MS_MAX}`)
    .exactOptional(),
  declined: z
    .array(id, 'a list of product ids')
    .max(BASKET_LINES_MAX, `at most ${BASKET_LINES_MAX} ids`)
    .default([]),
  at: instant.exactOptional(),
};

export const suggestionRequestSchema = z
  .object(
    {
      ...occasionFields,
      basketId: id.exactOptional(),
      basket: basketSchema,
      practice: z
        .boolean('true or false')
        .describe(
          'nobody is served: answered like an offer to an unknown customer, but neither recorded nor counted; only here, not on ' +
            '/v1/live',
        )
        .exactOptional(),
    },
    'an object with basket',
  )
  .refine((request) => request.objective === 'probability' || (request.limit ?? 1) <= SUGGESTIONS_MAX, {
    path: ['limit'],
    error: `a number to ${SUGGESTIONS_MAX} (to ${RANKED_MAX} with objective 'probability')`,
  });

export type SuggestionRequest = z.infer<typeof suggestionRequestSchema>;

export const stockRowSchema = z
  .object(
    {
      storeId: id,
      productId: id,
      onHand: amount.exactOptional(),
      onHandDelta: amount.exactOptional(),
      changeId: id.exactOptional(),
      reserved: price.exactOptional(),
      demandPerDay: price.exactOptional(),
      targetCoverDays: price.exactOptional(),
      leadTimeDays: price.exactOptional(),
      protectionLevel: price.exactOptional(),
      expiresAt: instant.exactOptional(),
      asOf: instant,
    },
    'an object with storeId, productId and asOf',
  )
  .refine((row) => row.onHand === undefined || row.onHandDelta === undefined, {
    path: ['onHandDelta'],
    error: 'onHand or onHandDelta, not both',
  })
  .refine((row) => row.changeId === undefined || row.onHandDelta !== undefined, {
    path: ['changeId'],
    error: 'a changeId beside onHandDelta only',
  });

export const stockRequestSchema = z.object(
  {
    rows: z
      .array(z.unknown(), 'a list of rows')
      .min(1, 'at least one row')
      .max(STOCK_ROWS_MAX, `at most ${STOCK_ROWS_MAX} rows`),
  },
  'an object with rows',
);

const idList = z.array(id, 'a list of ids').min(1, 'at least one id').max(10_000, 'at most 10000 ids');
export const ruleSchema = z
  .object({
    id,
    action: z.enum(['exclude', 'pin', 'boost', 'bury'], "'exclude', 'pin', 'boost' or 'bury'"),
    productIds: idList.exactOptional(),
    category: z
      .string('a category path')
      .min(1, 'a category path')
      .max(500, 'a category path')
      .refine(isWhole, WHOLE)
      .exactOptional(),
    factor: z
      .number('a factor above 0')
      .positive('a factor above 0')
      .max(100, 'a factor to 100')
      .exactOptional(),
    storeIds: idList.exactOptional(),
    channels: z.array(channelSchema).min(1, 'at least one channel').exactOptional(),
    whenBasketHas: idList.exactOptional(),
    from: instant.exactOptional(),
    until: instant.exactOptional(),
  })
  .refine((rule) => rule.productIds || rule.category !== undefined, { error: 'productIds or category' })
  .refine((rule) => (rule.action === 'boost' || rule.action === 'bury') === (rule.factor !== undefined), {
    path: ['factor'],
    error: 'a factor for boost and bury, and for them only',
  });

export type WireRule = z.infer<typeof ruleSchema>;

export const rulesRequestSchema = z.object(
  {
    version: z.int('the version the change is based on').min(0, 'a version from 0').exactOptional(),
    rules: z.array(ruleSchema, 'a list of rules').max(RULES_MAX, `at most ${RULES_MAX} rules`),
  },
  'an object with rules',
);

export const productQuerySchema = z.object({
  q: z.string().max(200, 'a text of at most 200 characters').default(''),
  storeId: id.exactOptional(),
  category: z.string().max(500, 'a category path').exactOptional(),
  limit: z.coerce
    .number<string>('a number')
    .int('a whole number')
    .min(1, 'a number from 1')
    .max(100, 'a number to 100')
    .default(20),
});

/** The store for which a product is asked about. */
export const storeQuerySchema = z.object({ storeId: id.exactOptional() });

/** Messages a client may send on the live channel. */
export const liveMessageSchema = z.discriminatedUnion(
  'type',
  [
    z.object({
      type: z.literal('hello'),
      key: z.string().max(500, 'a key').exactOptional(),
      resume: z.union([z.boolean(), z.array(id).max(50, 'at most 50 baskets')]).exactOptional(),
    }),
    z.object({
      ...occasionFields,
      limit: occasionFields.limit
        .unwrap()
        .max(SUGGESTIONS_MAX, `a number to ${SUGGESTIONS_MAX}`)
        .exactOptional(),
      objective: z.literal('value', "'value'").default('value'),
      type: z.literal('basket'),
      basketId: id,
      seq: z.int('a whole number').min(0, 'a number from 0'),
      basket: basketSchema,
    }),
    z.object({
      type: z.literal('change'),
      basketId: id,
      seq: z.int('a whole number').min(0, 'a number from 0'),
      add: basketSchema.default([]),
      remove: basketSchema.default([]),
      declined: occasionFields.declined,
    }),
    // An event inside `event`, or an outcome as the message itself.
    z.looseObject({ type: z.literal('outcome') }),
    z.object({ type: z.literal('close'), basketId: id }),
    z.object({ type: z.literal('pong') }),
  ],
  "a message of type 'hello', 'basket', 'change', 'outcome', 'close' or 'pong'",
);

export type LiveMessage = z.infer<typeof liveMessageSchema>;
export type LiveBasketMessage = Extract<LiveMessage, { type: 'basket' }>;
