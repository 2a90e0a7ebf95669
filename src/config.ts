import { z } from 'zod';
import { channelSchema, idSchema } from './gateway/wire.ts';
import { DRAW_UNITS } from './ledger/decision.ts';

/** Variables of the environment by their configuration key: the one list, also printed by `serve --help`. */
export const VARIABLES = {
  host: ['BASKETLIFT_HOST', 'address to listen on; another than a loopback address only with keys'],
  port: ['BASKETLIFT_PORT', 'port to listen on; 0 picks a free one'],
  workers: ['BASKETLIFT_WORKERS', 'processes that answer, on one port and one data folder'],
  models: ['BASKETLIFT_MODELS', 'folder of the model registry; ./models, else the shipped one, when not set'],
  data: ['BASKETLIFT_DATA', 'folder of the ledger and state, on a local disk'],
  redisUrl: [
    'BASKETLIFT_REDIS_URL',
    'redis://, rediss://, redis+cluster:// or redis+sentinel://: a common cache, and a bus between machines; embedded when not set',
  ],
  stockAgeMax: [
    'BASKETLIFT_STOCK_AGE_MAX',
    'seconds after which the newest stock statement counts as old, and answers say so; never when not set',
  ],
  busLagMax: [
    'BASKETLIFT_BUS_LAG_MAX',
    'seconds of not hearing the other machines after which answers say so; never when not set',
  ],
  holdoutShare: [
    'BASKETLIFT_HOLDOUT_SHARE',
    'share of baskets, or of customers, without offers, which prove what offers earn; 0 to 0.9',
  ],
  holdoutShares: [
    'BASKETLIFT_HOLDOUT_SHARES',
    'other shares of some stores, or else channels: {"stores": {"s6": 0.2}, "channels": {"call": 0.05}}',
  ],
  holdoutBy: [
    'BASKETLIFT_HOLDOUT_BY',
    'what is held out: basket, or customer, with all baskets of one who agreed to be known',
  ],
  exploreShare: [
    'BASKETLIFT_EXPLORE_SHARE',
    'share of the answers whose last suggestion is drawn among the next best, to learn what they are worth; 0 to 0.2',
  ],
  candidatesDays: [
    'BASKETLIFT_CANDIDATES_DAYS',
    'days for which a decision keeps the candidates that were not suggested; for ever when not set',
  ],
  customersDays: [
    'BASKETLIFT_CUSTOMERS_DAYS',
    'whole days after which a customer whom no decision names any more is forgotten; never when not set',
  ],
  rememberMinutes: [
    'BASKETLIFT_REMEMBER_MINUTES',
    'minutes between the looks for baskets that were paid since the model was trained, which it then knows; 0: never',
  ],
  minValue: ['BASKETLIFT_MIN_VALUE', 'least expected value of an offer, in money'],
  valueWeight: ['BASKETLIFT_VALUE_WEIGHT', 'weight β of value against probability, 0 to 1'],
  holdingRate: ['BASKETLIFT_HOLDING_RATE', 'yearly cost of holding stock as a share of its cost'],
  targetCoverDays: ['BASKETLIFT_TARGET_COVER_DAYS', 'days of cover wanted where the stock does not say'],
  budgetMs: ['BASKETLIFT_BUDGET_MS', 'time for an answer when the caller gives none, in ms'],
  rateLimit: ['BASKETLIFT_RATE_LIMIT', 'requests a second of one key; twice as many in one burst'],
  logLevel: ['BASKETLIFT_LOG_LEVEL', 'silent, error, warn, info or debug'],
} as const;

type ConfigKey = keyof typeof VARIABLES;

const number = (wanted: string) => z.coerce.number<string | number>(wanted);
const between = (low: number, high: number) =>
  number('a number').min(low, `at least ${low}`).max(high, `at most ${high}`);

const keptDays = between(1, 36_500);

const HOLDOUT_SHARES = 'JSON with shares from 0 to 0.9 of stores and channels';
const shareOf = z.number(HOLDOUT_SHARES).min(0, HOLDOUT_SHARES).max(0.9, HOLDOUT_SHARES);
const holdoutSharesSchema = z.strictObject(
  {
    stores: z.record(idSchema, shareOf, HOLDOUT_SHARES).exactOptional(),
    channels: z.partialRecord(channelSchema, shareOf, HOLDOUT_SHARES).exactOptional(),
  },
  HOLDOUT_SHARES,
);

const configSchema = z.object({
  host: z.string().min(1, 'an address').default('127.0.0.1'),
  port: between(0, 65535).int('a whole number').default(8787),
  workers: between(1, 64).int('a whole number').default(1),
  models: z.string().min(1, 'a folder').exactOptional(),
  data: z.string().min(1, 'a folder').default('./data'),
  redisUrl: z
    .string()
    .regex(/^(rediss?|redis\+cluster|redis\+sentinel):\/\//, 'a redis:// address')
    .exactOptional(),
  stockAgeMax: between(1, 1e9).exactOptional(),
  busLagMax: between(0.1, 1e9).exactOptional(),
  holdoutShare: between(0, 0.9).default(0.1),
  holdoutShares: z.string().transform(readJson).pipe(holdoutSharesSchema).exactOptional(),
  holdoutBy: z.enum(DRAW_UNITS, "'basket' or 'customer'").default('basket'),
  exploreShare: between(0, 0.2).default(0),
  candidatesDays: keptDays.exactOptional(),
  customersDays: keptDays.int('a whole number').exactOptional(),
  rememberMinutes: between(0, 35_000).default(60),
  minValue: between(0, 1e6).default(0.005),
  valueWeight: between(0, 1).default(0.5),
  holdingRate: between(0, 10).default(0.25),
  targetCoverDays: between(0, 3650).default(60),
  budgetMs: between(1, 5000).default(50),
  rateLimit: between(1, 1e6).default(2000),
  logLevel: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'], "'silent', 'error', 'warn', 'info' or 'debug'")
    .default('info'),
});

/** @returns text that is no JSON as it is, which the schema then refuses */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export type Config = Readonly<z.infer<typeof configSchema>>;

/** Configuration that cannot be used; the message lists every problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * The configuration from the environment, overlaid by what the command line gives. An empty variable counts as unset.
 *
 * @throws ConfigError with all problems at once
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Partial<Record<ConfigKey, string>>> = {},
): Config {
  const values: Record<string, string> = {};
  for (const [key, [variable]] of Object.entries(VARIABLES)) {
    const value = flags[key as ConfigKey] ?? environment[variable];
    if (value !== undefined && value !== '') values[key] = value;
  }
  const parsed = configSchema.safeParse(values);
  if (parsed.success) return Object.freeze(parsed.data);
  const problems = parsed.error.issues.map((issue) => {
    const key = issue.path[0] as ConfigKey;
    const name = flags[key] === undefined ? VARIABLES[key][0] : `--${key}`;
    return `  ${name}: wanted ${issue.message}; got '${values[key]}'`;
  });
  throw new ConfigError(`The configuration cannot be used:\n${problems.join('\n')}`);
}
