import type { Command } from 'commander';
import type { z } from 'zod';
import type { DataFolder } from '../adapters/lmdb-data-folder.ts';
import { readConfig } from '../config.ts';
import { EMBEDDED_ACCESS } from '../gateway/access.ts';
import { sealOf } from '../gateway/close-commission.ts';
import { commissionQuerySchema } from '../gateway/plan-schema.ts';
import {
  contestsTable,
  presentContest,
  presentStandings,
  standingsTable,
} from '../gateway/present-contest.ts';
import { paySummaryTable, payTable, presentPay } from '../gateway/present-pay.ts';
import { parseInput } from '../gateway/problem.ts';
import { salesQuerySchema, type UpliftQuery, upliftQuerySchema } from '../gateway/report-query.ts';
import type { AskedSource } from '../gateway/report-slots.ts';
import {
  type Categories,
  type LedgerSource,
  NO_CATEGORIES,
  type ReportSource,
} from '../gateway/report-source.ts';
import { type Cell, csvText, type ReportTable, salesTable, upliftTable } from '../gateway/report-table.ts';
import { reportHere } from '../gateway/reporter.ts';
import { paysByCategory } from '../gateway/run-commission.ts';
import { foldSalesReport, foldUpliftReport, type UpliftAnswer } from '../gateway/run-report.ts';
import { salesNotes } from '../gateway/sales-notes.ts';
import { categoriesOf } from '../recommender/model.ts';
import { loadVersion } from '../service/served-version.ts';
import { openExistingDataFolder } from './existing-data-folder.ts';
import { progressOn } from './progress.ts';
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
      throw new Error(
        `The closed period ${period} is not what it was when it was closed: its hash is another.`,
      );
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

function addScratchOption(command: Command): Command {
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

/** Makes a report from every decision and event. */
export function fromLedger<Answer>(
  run: (source: LedgerSource, folder: DataFolder) => Promise<Answer>,
): Promise<Answer> {
  const share = unknownShare();
  const progress = (): Progress => ['reading the ledger', share()];
  return fromFolder(progress, (source, folder) => run({ ...source, events: folder.events }, folder));
}

type Progress = readonly [what: string, share: number];

/** A share that only nears 1: how much there is to do is not known before it is done. */
function unknownShare(): () => number {
  let pauses = 0;
  return () => 1 - 1 / (1 + pauses++ / 1000);
}

/** Makes a report from what is kept of baskets, brought up to date. */
export function fromOutcomes<Answer>(
  run: (ask: AskedSource['ask'], about: ReportSource, folder: DataFolder) => Promise<Answer>,
): Promise<Answer> {
  const share = unknownShare();
  const progress = (folder: DataFolder): Progress => {
    const { taken, total } = folder.outcomes().progress();
    return taken < total ? ['reading the ledger', taken / total] : ['making the report', share()];
  };
  return fromFolder(progress, (source, folder) => {
    const reporter = reportHere(folder);
    const ask: AskedSource['ask'] = (name, question, categories = NO_CATEGORIES) =>
      reporter.make(name, question, { ...source, categories });
    return run(ask, source, folder);
  });
}

async function fromFolder<Answer>(
  progressOf: (folder: DataFolder) => Progress,
  run: (source: ReportSource, folder: DataFolder) => Promise<Answer>,
): Promise<Answer> {
  const onRebuild = (reason: string) => process.stderr.write(`All is read anew: ${reason}.\n`);
  const folder = openExistingDataFolder({ outcomes: { onRebuild } });
  const progress = progressOn(process.stderr);
  try {
    const source = {
      tenant: EMBEDDED_ACCESS.tenant,
      nowMs: Date.now(),
      categories: NO_CATEGORIES,
      async pause() {
        await new Promise(setImmediate);
        progress.show(...progressOf(folder));
      },
    };
    return await run(source, folder);
  } catch (error) {
    throw asUsageError(error);
  } finally {
    progress.clear();
    await folder.close();
  }
}

/** The answer as it is wanted: JSON, CSV, or the table and notes as text. */
export function print(
  answer: object,
  table: ReportTable,
  flags: ReportFlags,
  notes: readonly string[],
): void {
  if (flags.json) process.stdout.write(`${JSON.stringify(answer)}\n`);
  else if (flags.csv) process.stdout.write(csvText(table));
  else process.stdout.write(`${[...alignedLines(table), ...notes].join('\n')}\n`);
}

const DECIMALS = 4;

/** Columns as wide as their widest cell; numbers to the right. */
export function alignedLines({ columns, rows }: ReportTable): string[] {
  const texts = [columns, ...rows.map((cells) => cells.map(cellText))];
  const widths = columns.map((_, column) => Math.max(...texts.map((cells) => cells[column]!.length)));
  const isNumber = columns.map((_, column) => rows.some((cells) => typeof cells[column] === 'number'));
  return texts.map((cells) =>
    cells
      .map((text, column) =>
        isNumber[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}

function cellText(cell: Cell): string {
  if (cell === null) return '-';
  return typeof cell === 'number' ? String(Number(cell.toFixed(DECIMALS))) : String(cell);
}
