import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { sealOf } from '../gateway/close-commission.ts';
import { commissionQuerySchema } from '../gateway/plan-schema.ts';
import {
  contestsTable,
  presentContest,
  presentStandings,
  standingsTable,
} from '../gateway/present-contest.ts';
import { paySummaryTable, payTable, presentPay } from '../gateway/present-pay.ts';
import { salesQuerySchema, type UpliftQuery, upliftQuerySchema } from '../gateway/report-query.ts';
import { type Categories, NO_CATEGORIES } from '../gateway/report-source.ts';
import { salesTable, upliftTable } from '../gateway/report-table.ts';
import { paysByCategory } from '../gateway/run-commission.ts';
import { foldSalesReport, foldUpliftReport, type UpliftAnswer } from '../gateway/run-report.ts';
import { salesNotes } from '../gateway/sales-notes.ts';
import { categoriesOf } from '../recommender/model.ts';
import { loadVersion } from '../service/served-version.ts';
import { print } from './print-report.ts';
import {
  addFormatOptions,
  addOptions,
  addScratchOption,
  parseFlags,
  type ReportFlags,
} from './report-flags.ts';
import { fromLedger, fromOutcomes } from './report-from-folder.ts';
import { UsageError } from './usage-error.ts';

/** @returns the command, for reports that are added elsewhere */
export function addReportCommand(program: Command): Command {
  const report = program
    .command('report')
    .description('the reports of the gateway, from the data folder, also while a gateway runs on it');
  addScratchOption(
    addOptions(report.command('sales').description('what was sold, offered and accepted, by period')),
  )
    .option('--by <period>', 'day, week (ISO), month or quarter', 'day')
    .option('--split <part>', 'rows by store, agent or channel as well')
    .addHelpText(
      'after',
      '\nExample:\n  basketlift report sales --from 2026-05-01 --to 2026-05-31 --by week --tz Europe/Amsterdam',
    )
    .action(async (flags: ReportFlags) => {
      const query = parseFlags(salesQuerySchema, flags);
      const answer = await (flags.fromScratch
        ? fromLedger((source) => foldSalesReport(source, query))
        : fromOutcomes((ask) => ask('sales', query)));
      print(answer, salesTable(answer), flags, salesNotes(answer));
    });
  addScratchOption(
    addOptions(
      report.command('uplift').description('what the offers earned over baskets without, with intervals'),
    ),
  )
    .option(
      '--split <part>',
      'each store, agent, channel, customer (new, existing) or category by itself as well',
    )
    .addHelpText(
      'after',
      '\nExample:\n  basketlift report uplift --from 2026-05-01 --to 2026-07-31 --store s6',
    )
    .action(async (flags: ReportFlags) => {
      const answer = await upliftAnswer(parseFlags(upliftQuerySchema, flags), flags);
      print(answer, upliftTable(answer), flags, answer.notes);
    });
  addFormatOptions(
    report
      .command('commissions')
      .description('the pay of each agent in a month, by the plans in force or as it was closed')
      .requiredOption('--period <month>', 'pay period, such as 2026-05')
      .option('--agent <id>', 'one agent only'),
  )
    .addHelpText(
      'after',
      '\n--csv and --json list every entry with the events behind it.\n\nExample:\n  basketlift report commissions --period 2026-05 --csv',
    )
    .action(reportCommissions);
  addFormatOptions(
    report
      .command('contests')
      .description('the standings of a contest; without an id, which contests there are')
      .argument('[id]', 'id of the contest'),
  )
    .addHelpText('after', '\nExample:\n  basketlift report contests')
    .action(reportContests);
  return report;
}

async function upliftAnswer(query: UpliftQuery, { fromScratch }: ReportFlags): Promise<UpliftAnswer> {
  const categories = query.split === 'category' ? await categoriesInService() : NO_CATEGORIES;
  if (fromScratch) return fromLedger((source) => foldUpliftReport({ ...source, categories }, query));
  return fromOutcomes((ask) => ask('uplift', query, categories));
}

async function categoriesInService(): Promise<Categories> {
  return categoriesOf((await loadVersion(readConfig(process.env), undefined)).model);
}

async function reportContests(id: string | undefined, flags: ReportFlags): Promise<void> {
  await fromOutcomes(async (ask, { tenant }, { contests }) => {
    if (id === undefined) {
      const all = contests.contests(tenant).map((contest) => presentContest(contest, undefined));
      return print({ contests: all }, contestsTable(all), flags, []);
    }
    const contest = contests.contest(tenant, id);
    if (!contest) throw new UsageError(`Wanted the id of a contest; got '${id}'. See report contests.`);
    const answer = presentStandings(contest, await ask('standings', { contest, withEvidence: true }), true);
    return print(answer, standingsTable(answer), flags, answer.rules);
  });
}

async function reportCommissions(flags: ReportFlags): Promise<void> {
  const { period, agentId } = parseFlags(commissionQuerySchema, flags);
  const pay = await fromOutcomes(async (ask, { tenant }, { commissions }) => {
    const closed = commissions.closing(tenant, period);
    if (closed && sealOf(closed) !== closed.hash) {
      throw new Error(`The closed period ${period} has changed since it was closed: its hash differs.`);
    }
    const isByCategory = !closed && paysByCategory(commissions, tenant);
    const categories = isByCategory ? await categoriesInService() : NO_CATEGORIES;
    return ask('pay', { period, ...(agentId !== undefined && { agentId }) }, categories);
  });
  const answer = presentPay(pay, agentId === undefined ? {} : { agentId });
  const notes = [
    pay.closed
      ? `Closed, and unchanged since: SHA-256 ${pay.closed.hash}.`
      : 'Open: late events and refunds may change it.',
  ];
  print(answer, flags.csv ? payTable(answer) : paySummaryTable(answer), flags, notes);
}
