import { Problem } from '../gateway/problem.ts';
import { UsageError } from './usage-error.ts';

/** What the gateway's schemas refuse, as a mistake on the command line at an option; any other error as it is. */
export function asUsageError(error: unknown, option?: string): unknown {
  if (!(error instanceof Problem)) return error;
  return new UsageError(option ? `${option}: ${error.message}` : error.message, { cause: error });
}
