import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { type Config, readConfig } from '../config.ts';
import { DAY_MS, dayOfText, textOfDay } from '../ledger/instant.ts';
import { openInProcessGateway } from '../service/in-process-gateway.ts';
import type { ServableVersion } from '../service/open-tenants.ts';
import { openRegistry, readServable } from '../service/served-version.ts';
import { checkReports, type ReportCheck, type TradedGateway } from '../simulation/check-reports.ts';
import { readCatalogue } from '../simulation/read-catalogue.ts';
import type { SellingGateway } from '../simulation/selling-gateway.ts';
import { simulateTrade, type Trade, type TradeOptions } from '../simulation/simulate-trade.ts';
import { GatewayClient, PATIENCE_MS } from './gateway-client.ts';
import { InProcessClient } from './in-process-client.ts';
import { type Progress, progressOn } from './progress.ts';
import {
  type ComparePlan,
  comparePlan,
  gatewayUrl,
  type SimulateFlags,
  type SimulationPlan,
  simulationPlan,
  tradeOptions,
} from './simulation-flags.ts';
import { simulationText } from './simulation-text.ts';
import { UsageError, wholeNumber } from './usage-error.ts';

/** A Monday: where nothing else is asked for, simulated days begin here. */
const FIRST_DAY = dayOfText('2026-01-05');
const NETWORK_PARALLEL = 8;
const ANSWER_MS_MAX = 10_000;
/** The gateway gives up a report after 60 s, and says so. */
const REPORT_MS_MAX = 65_000;

export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('shoppers whose truth is known: trades, and puts the reports beside that truth')
    .option('--gateway [url]', 'a running gateway instead of one in this process (http://127.0.0.1:8787)')
    .option('--key <key>', 'its key, of scope manager or admin')
    .option('--rate <number>', 'requests a second to it at most', '200')
    .option('--model <version>', 'version to serve in this process (default: the champion)')
    .option('--days <number>', 'days to trade', '28')
    .option('--baskets <number>', 'baskets a day of all stores together, on average', '60')
    .option('--seed <number>', 'whose shoppers; the same seed brings the same ones', '1')
    .option('--stores <number or ids>', 'stores of its own, or ids of stores', '3')
    .option('--agents <number>', 'agents of all stores together', '6')
    .option(
      '--price-resistance <power>',
      'how much less a dearer offer is taken: 1 halves it at twice the price',
      '0.25',
    )
    .option('--from <day>', 'first day (default 2026-01-05; with --gateway so that the last is yesterday)')
    .option('--compare <weights>', 'in this process, one run for each: value-weight=0,0.25,0.5,0.75,1')
    .option('--no-offers', 'with --compare: also a run in which nothing is offered')
    .option('--seeds <number>', 'with --compare: seeds of each run, from --seed on', '6')
    .option('--out <folder>', 'with --compare: also writes frontier.json, .md, .html and .svg')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `\nStock of the stores is stated and events are sent: on a gateway in use take stores of its own. In this process the
gateway is configured by the environment, such as BASKETLIFT_HOLDOUT_SHARE=0.5.\n
Example:
  basketlift simulate --days 28 --baskets 100
  basketlift simulate --gateway http://127.0.0.1:8787 --key bl_… --days 7 --baskets 50 --seed 3
  basketlift simulate --compare value-weight=0,0.5,1 --no-offers --days 84 --out frontier`,
    )
    .action(simulate);
}

async function simulate(flags: SimulateFlags): Promise<void> {
  const plan = simulationPlan(flags);
  refuseMixed(flags);
  const progress = progressOn(process.stderr);
  try {
    if (flags.compare !== undefined) return await compare(flags, plan, comparePlan(flags), progress);
    const run =
      flags.gateway === undefined
        ? await inProcess(flags, plan, progress)
        : await overNetwork(flags, plan, progress);
    progress.clear();
    process.stdout.write(flags.json ? `${JSON.stringify(jsonOf(run))}\n` : simulationText(run));
    if (run.check.sales.some(({ isEqual }) => !isEqual))
      throw new Error(
        'The sales report does not match what was sold. Unless others sold in the same stores on the same days, it is wrong.',
      );
  } finally {
    progress.clear();
  }
}

/** @throws UsageError where flags do not go together */
function refuseMixed({ gateway, compare, model, key, offers, out }: SimulateFlags): void {
  if (gateway !== undefined && compare !== undefined)
    throw new UsageError(
      '--compare and --gateway: wanted only one of them, because a running gateway has a single value weight.',
    );
  if (gateway !== undefined && model !== undefined)
    throw new UsageError(
      '--model and --gateway: wanted only one of them, because a running gateway serves its own model.',
    );
  if (gateway === undefined && key !== undefined) throw new UsageError('--key: wanted --gateway as well.');
  if (compare === undefined && (!offers || out !== undefined))
    throw new UsageError('--no-offers and --out: wanted --compare as well.');
}

/** One simulation with what came out. */
export interface SimulationRun {
  readonly options: TradeOptions;
  readonly trade: Trade;
  readonly check: ReportCheck;
  readonly repeated: number;
}

function jsonOf({ options, trade, check, repeated }: SimulationRun) {
  const { catalogue, seed, days, firstDay, stores, agents, basketsPerDay } = options;
  return {
    modelVersion: catalogue.modelVersion,
    seed,
    days,
    from: textOfDay(firstDay),
    stores,
    agents,
    basketsPerDay,
    repeatedRequests: repeated,
    truth: trade.truth,
    stock: trade.stock,
    ...check,
  };
}

async function inProcess(
  flags: SimulateFlags,
  plan: SimulationPlan,
  progress: Progress,
): Promise<SimulationRun> {
  const config = readConfig(process.env);
  const version = await versionOf(config, flags.model);
  return lendGateway(config, version, plan.seed, (client) =>
    tradeAndCheck(client, plan, plan.firstDay ?? FIRST_DAY, progress, () => ({
      holdingRate: config.holdingRate,
    })),
  );
}

function overNetwork(flags: SimulateFlags, plan: SimulationPlan, progress: Progress): Promise<SimulationRun> {
  const client = networkClient(flags);
  const firstDecided = today();
  // The gateway dates its decisions by its own clock, and records no stock with receipts of days that it has not seen.
  const traded = () => ({ decided: { from: textOfDay(firstDecided), to: textOfDay(today()) } });
  return tradeAndCheck(client, plan, plan.firstDay ?? firstDecided - plan.days, progress, traded);
}

async function tradeAndCheck(
  client: GatewayClient,
  plan: SimulationPlan,
  firstDay: number,
  progress: Progress,
  traded: () => TradedGateway,
): Promise<SimulationRun> {
  const catalogue = await readCatalogue(client, (share) => progress.show('reading the catalogue', share));
  const onDay = (done: number) => progress.show('trading', done / plan.days);
  const options = tradeOptions({ ...plan, firstDay }, catalogue, onDay);
  const trade = await simulateTrade(client, options);
  const check = await checkReports(client, options, trade, traded());
  return { options, trade, check, repeated: client.repeated };
}

/** Opens a gateway in this process, lends it and closes it. */
async function lendGateway<Result>(
  config: Config,
  version: ServableVersion,
  seed: number,
  use: (client: InProcessClient) => Promise<Result>,
): Promise<Result> {
  const gateway = openInProcessGateway(config, version, seed);
  try {
    return await use(new InProcessClient(gateway));
  } finally {
    await gateway.close();
  }
}

async function compare(
  flags: SimulateFlags,
  plan: SimulationPlan,
  comparison: ComparePlan,
  progress: Progress,
): Promise<void> {
  const config = readConfig(process.env);
  const version = await versionOf(config, flags.model);
  const withGateway = <Result>(
    settings: Partial<Config>,
    seed: number,
    use: (gateway: SellingGateway) => Promise<Result>,
  ) => lendGateway({ ...config, ...settings }, version, seed, use);
  const { simulateFrontier } = await import('./simulate-frontier.ts');
  const firstDay = plan.firstDay ?? FIRST_DAY;
  await simulateFrontier({ flags, comparison, plan: { ...plan, firstDay }, config, withGateway, progress });
}

function networkClient(flags: SimulateFlags): GatewayClient {
  const url = gatewayUrl(flags.gateway!);
  return new GatewayClient({
    send: (path, init) =>
      fetch(url + path, {
        ...init,
        redirect: 'manual',
        signal: AbortSignal.timeout(path.startsWith('/v1/reports/') ? REPORT_MS_MAX : ANSWER_MS_MAX),
      }),
    ...(flags.key !== undefined && { key: flags.key }),
    name: url,
    parallel: NETWORK_PARALLEL,
    patienceMs: PATIENCE_MS,
    sleep,
    requestsPerSecond: wholeNumber('--rate', flags.rate, 1, 100_000),
    ticks: () => performance.now(),
  });
}

async function versionOf(config: Config, model: string | undefined): Promise<ServableVersion> {
  const registry = openRegistry(config.models);
  return readServable(registry, model ?? (await registry.champion()));
}

function today(): number {
  return Math.floor(Date.now() / DAY_MS);
}
