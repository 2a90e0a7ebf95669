import { Problem } from '../gateway/problem.ts';
import { UsageError } from './usage-error.ts';

/** Turns what the gateway's schemas refuse into a mistake on the command line, at an option; returns any other error as it is. */
export function asUsageError(error: unknown, option?: string): unknown {
  if (!(error instanceof Problem)) return error;
  return new UsageError(option ? `${option}: ${error.message}` : error.message, { cause: error });
}
