import type { Command } from 'commander';
import { unmatchedNotes, unmatchedQuerySchema, unmatchedTable } from '../gateway/run-unmatched.ts';
import { print } from './print-report.ts';
import { addFormatOptions, parseFlags, type ReportFlags } from './report-flags.ts';
import { fromOutcomes } from './report-from-folder.ts';

/** Which stored events count nowhere, or not by themselves. */
export function addUnmatchedReport(report: Command): Command {
  addFormatOptions(
    report
      .command('unmatched')
      .description('stored events that count nowhere or not by themselves, the newest first, and why')
      .option('--limit <number>', 'events listed', '100')
      .option('--before <number>', 'reads on: the number that the page before ended with'),
  )
    .addHelpText('after', '\nExample:\n  basketlift report unmatched --limit 20')
    .action(async (flags: ReportFlags) => {
      const query = parseFlags(unmatchedQuerySchema, flags);
      const answer = await fromOutcomes((ask) => ask('unmatched', query));
      print(answer, unmatchedTable(answer), flags, unmatchedNotes(answer));
    });
  return report;
}
