import type { Command } from 'commander';
import { bestsTable, presentBests } from '../gateway/present-bests.ts';
import { customersTable, segmentRulesInWords } from '../gateway/present-customer.ts';
import { bestsQuerySchema, customersQuerySchema } from '../gateway/report-query.ts';
import { bestsQuestion } from '../gateway/run-bests.ts';
import { print } from './print-report.ts';
import { addFormatOptions, addOptions, parseFlags, type ReportFlags } from './report-flags.ts';
import { fromOutcomes } from './report-from-folder.ts';

/** Reports about customers and agents. */
export function addPeopleReports(report: Command): Command {
  addOptions(
    report.command('customers').description('new and existing customers, how they come back, and segments'),
  )
    .option('--by <period>', 'day, week (ISO), month or quarter', 'day')
    .addHelpText(
      'after',
      '\nExample:\n  basketlift report customers --from 2026-01-01 --to 2026-06-30 --by month --tz Europe/Amsterdam',
    )
    .action(async (flags: ReportFlags) => {
      const query = parseFlags(customersQuerySchema, flags);
      const answer = await fromOutcomes((ask) => ask('customers', query));
      print(answer, customersTable(answer), flags, segmentRulesInWords());
    });
  addFormatOptions(
    report
      .command('bests')
      .description("an agent's own records by day and week, by the rules of contests")
      .argument('<agent>', 'id of the agent')
      .option('--tz <zone>', 'time zone of the days', 'UTC')
      .option('--day-ends <hour>', 'local hour at which the business day ends', '0'),
  )
    .addHelpText('after', '\nExample:\n  basketlift report bests a4 --tz Europe/Amsterdam --day-ends 4')
    .action(async (agentId: string, flags: ReportFlags) => {
      const query = parseFlags(bestsQuerySchema, flags);
      const answer = await fromOutcomes(async (ask, { tenant, nowMs }, { contests }) => {
        const value = await ask('bests', bestsQuestion(contests, tenant, query));
        return presentBests(agentId, { value, asOfMs: nowMs });
      });
      print(answer, bestsTable(answer), flags, answer.rules);
    });
  return report;
}
