import type { Command } from 'commander';
import type { z } from 'zod';
import { parseInput } from '../gateway/problem.ts';
import { asUsageError } from './refused-input.ts';
import { UsageError } from './usage-error.ts';

export interface ReportFlags {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly store?: string;
  readonly agent?: string;
  readonly fromScratch?: boolean;
  readonly [option: string]: string | boolean | undefined;
}

export function addOptions(command: Command): Command {
  return addFormatOptions(command)
    .option('--from <day>', 'first business day (default: 28 days up to the last)')
    .option('--to <day>', 'last business day (default: today)')
    .option('--store <id>', 'one store only')
    .option('--agent <id>', 'one agent only')
    .option('--channel <name>', 'till, call or web only')
    .option('--tz <zone>', 'time zone of the days', 'UTC')
    .option('--day-ends <hour>', 'local hour at which the business day ends', '0');
}

export function addScratchOption(command: Command): Command {
  return command.option(
    '--from-scratch',
    'fold every decision and event instead of what is kept; the figures are the same',
  );
}

export function addFormatOptions(command: Command): Command {
  return command.option('--json', 'print the answer of the API').option('--csv', 'print CSV');
}

/** @throws UsageError */
export function parseFlags<Query>(schema: z.ZodType<Query>, flags: ReportFlags): Query {
  const { json: _, csv: __, fromScratch: ___, store, agent, ...rest } = flags;
  if (flags.json && flags.csv) throw new UsageError('--json and --csv: wanted one of them.');
  try {
    return parseInput(schema, {
      ...rest,
      ...(store !== undefined && { storeId: store }),
      ...(agent !== undefined && { agentId: agent }),
    });
  } catch (error) {
    throw asUsageError(error);
  }
}
