import type { z } from 'zod';
import { EventStoreUnavailable } from '../ledger/event-store.ts';

/** One thing wrong with an input: where, what was wanted, what came. */
export interface InputError {
  readonly path: string;
  readonly wanted: string;
  readonly got: string;
}

/** All problems the gateway states, by name: status, title and whether the caller may try again. */
export const PROBLEMS = {
  'malformed-json': [400, 'The body is not valid JSON'],
  incomplete: [400, 'The request ended before its body was complete'],
  'invalid-input': [400, 'The request is not valid'],
  unauthorized: [401, 'A valid key is required'],
  'wrong-host': [403, 'This gateway answers only on its loopback name'],
  forbidden: [403, 'The key does not allow this'],
  'not-found': [404, 'Not found'],
  'model-fixed': [409, 'The gateway serves only the version it was started with'],
  conflict: [409, 'The version on the server has changed'],
  'wrong-state': [409, 'The current state does not allow this'],
  'too-large': [413, 'The request is too large'],
  'unsupported-type': [415, 'The body must be application/json'],
  'model-refused': [422, 'The version failed its checks'],
  'too-much': [422, 'The answer would take too much work'],
  'too-many-requests': [429, 'Too many requests with this key'],
  internal: [500, 'The gateway failed to answer this request'],
  unavailable: [503, 'The gateway cannot store this now'],
  busy: [503, 'The gateway is busy with other requests of this kind'],
  overloaded: [503, 'The gateway is overloaded'],
  stopping: [503, 'The gateway is stopping'],
} as const;

export type ProblemType = keyof typeof PROBLEMS;

/** A problem as RFC 9457 puts it on the wire. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly InputError[];
}

/** Trouble that is answered as problem+json. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly type: ProblemType;
  readonly errors: readonly InputError[] | undefined;
  readonly retryAfterS: number | undefined;

  constructor(
    type: ProblemType,
    detail: string,
    options: { errors?: readonly InputError[]; retryAfterS?: number; cause?: unknown } = {},
  ) {
    super(detail, { cause: options.cause });
    this.type = type;
    this.errors = options.errors;
    this.retryAfterS = options.retryAfterS;
  }

  get status(): (typeof PROBLEMS)[ProblemType][0] {
    return PROBLEMS[this.type][0];
  }

  body(requestId: string): ProblemBody {
    const [status, title] = PROBLEMS[this.type];
    return {
      type: `https://basketlift.dev/problems/${this.type}`,
      title,
      status,
      detail: this.message,
      requestId,
      ...(this.errors && { errors: this.errors }),
    };
  }
}

/** What a client hears of the disk; which disk it is, and why, is for the log. */
const DISK_TROUBLE = {
  'store-full': 'There is no space left on the disk.',
  overloaded: 'Too much is waiting for the disk already.',
  unavailable: 'The disk does not accept this now.',
} as const satisfies Readonly<Record<EventStoreUnavailable['reason'], string>>;

/** Any failure as the problem to answer with. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof EventStoreUnavailable) {
    const detail = `${DISK_TROUBLE[error.reason]} Nothing of this request is acknowledged; send it again later.`;
    return new Problem('unavailable', detail, { retryAfterS: error.retryAfterS, cause: error });
  }
  return new Problem('internal', 'The failure is logged under the request id.', { cause: error });
}

const ERRORS_MAX = 20;
const KEYS_SHOWN_MAX = 5;

/** What zod found, as our own error list. `input` is what was parsed, to show what came. */
export function inputErrors(error: z.ZodError, input: unknown): InputError[] {
  return error.issues.slice(0, ERRORS_MAX).map((issue) => ({
    path: pathText(issue.path),
    wanted: issue.message,
    got:
      issue.code === 'unrecognized_keys'
        ? issue.keys.slice(0, KEYS_SHOWN_MAX).map(gotText).join(', ')
        : gotText(issue.path.reduce<unknown>(valueAt, input)),
  }));
}

/** Parses or throws the problem that says what is wrong. @param name of the whole input */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown, name = 'the body'): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [first, ...others] = inputErrors(parsed.error, input);
  throw inputProblem([first!, ...others], name);
}

/** @param name of the whole input */
export function inputProblem(errors: readonly [InputError, ...InputError[]], name: string): Problem {
  const [{ path, wanted, got }] = errors;
  return new Problem('invalid-input', `At ${path === '' ? name : path}: wanted ${wanted}; got ${got}.`, {
    errors,
  });
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

function valueAt(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}

function gotText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}… (${text.length} characters)` : text;
}

/** The detail of a 'conflict'. @param what was to be changed */
export function versionConflict(what: string, now: number, expected: number | undefined): string {
  return `Wanted a change of version ${now}; got one of version ${expected}. Read the ${what} again.`;
}
