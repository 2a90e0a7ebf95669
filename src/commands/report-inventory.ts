import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { inventoryQuerySchema } from '../gateway/inventory-query.ts';
import { inventoryTable } from '../gateway/inventory-table.ts';
import { type InventoryAnswer, presentInventory } from '../gateway/present-inventory.ts';
import { runInventoryReport } from '../gateway/run-inventory.ts';
import { bindModel, loadVersion, valuePolicy } from '../service/served-version.ts';
import { print } from './print-report.ts';
import { addFormatOptions, parseFlags, type ReportFlags } from './report-flags.ts';
import { fromOutcomes } from './report-from-folder.ts';

const TABLES = ['stores', 'products', 'periods'] as const;

export function addInventoryReport(report: Command): void {
  addFormatOptions(
    report
      .command('inventory')
      .description('how long stock waits, what it costs, and whether it gets better')
      .option('--by <period>', 'day, week (ISO), month or quarter', 'day')
      .option('--from <day>', 'first business day (default: 28 days up to the last)')
      .option('--to <day>', 'last business day (default: today)')
      .option('--store <id>', 'one store only')
      .option('--tz <zone>', 'time zone of the days (default: that of the plans)')
      .option('--day-ends <hour>', 'local hour at which the business day ends (default: that of the plans)')
      .option('--limit <number>', 'products listed, those that wait longest first', '20')
      .option('--table <part>', 'periods, stores or products (default: all; of --csv periods)'),
  )
    .addHelpText(
      'after',
      '\nThe stock is that of the model in service and of the data folder; the days are those that a gateway has kept.\n\nExample:\n  basketlift report inventory --by week --store s6 --limit 10',
    )
    .action(reportInventory);
}

async function reportInventory(flags: ReportFlags): Promise<void> {
  const query = parseFlags(inventoryQuerySchema, flags);
  const config = readConfig(process.env);
  const loaded = await loadVersion(config, undefined);
  const answer = await fromOutcomes(async (ask, source, { inventory, commissions, stock: kept }) => {
    const { serving, stock } = bindModel(loaded, kept.loadAll(source.tenant));
    const policy = valuePolicy(config);
    const report = await runInventoryReport(
      {
        ...source,
        inventory,
        commissions,
        stock,
        serving,
        policy,
        goodsSold: (question) => ask('goodsSold', question),
      },
      query,
    );
    return presentInventory(report, serving.model.products);
  });
  const notes = notesOn(answer);
  if (flags.json || flags.csv || flags.table !== undefined) {
    print(answer, inventoryTable(answer, query.table), flags, notes);
    return;
  }
  const last = TABLES.at(-1);
  for (const table of TABLES)
    print(answer, inventoryTable(answer, table), flags, table === last ? notes : ['']);
}

function notesOn({
  now,
  total,
  previous,
  otherCurrencies,
  otherCalendarDays,
  daysOfSupplyMax,
  daysKept,
}: InventoryAnswer): string[] {
  const { onHand, cost, demand } = now.total.unknown;
  const figure = (value: number | null, digits: number) => value?.toFixed(digits) ?? 'unknown';
  return [
    `Turnover ${figure(total.turnover, 2)} times a year, before ${figure(previous.turnover, 2)}; ` +
      `days of stock ${figure(total.daysInventoryOutstanding, 1)}, before ${figure(previous.daysInventoryOutstanding, 1)}.`,
    `Days of supply count up to ${daysOfSupplyMax} of each product; days are kept for ${daysKept}.`,
    ...(onHand + cost + demand > 0
      ? [
          `Left out where it matters: ${onHand} products without a stock level, ${cost} without a cost, ${demand} without a demand.`,
        ]
      : []),
    ...(otherCurrencies.length > 0 ? [`Sales in ${otherCurrencies.join(', ')} are in no figure.`] : []),
    ...(otherCalendarDays > 0
      ? [
          `${otherCalendarDays} days were kept by another calendar than this one: give the --tz and --day-ends of the plans.`,
        ]
      : []),
  ];
}
