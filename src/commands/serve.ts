import { type Command, Option } from 'commander';
import { type CrewLink, openCrewLink } from '../adapters/crew-link.ts';
import { type Config, ConfigError, readConfig, VARIABLES } from '../config.ts';
import type { Change } from '../gateway/change.ts';
import { CODE_VERSION } from '../package-facts.ts';
import type { StockRow } from '../recommender/stock.ts';
import type { HowToStop } from '../service/stop-service.ts';
import { type Service, startService } from '../service.ts';
import type { DateOrder } from '../training/ingest/date-text.ts';
import { parseDateOrder } from './date-order.ts';
import { endAtOnce } from './end-at-once.ts';
import { type ReadyFacts, readyOutput } from './ready-output.ts';
import { IN_CREW, serveByCrew } from './serve-crew.ts';
import { UsageError } from './usage-error.ts';

interface ServeFlags {
  readonly port?: string;
  readonly host?: string;
  readonly model?: string;
  readonly stock?: string[];
  readonly dateOrder?: string;
  readonly workers?: string;
  readonly json?: boolean;
  readonly inCrew?: boolean;
}

export function addServeCommand(program: Command): void {
  const variables = Object.values(VARIABLES).map(([name, meaning]) => `  ${name.padEnd(30)} ${meaning}`);
  program
    .command('serve')
    .description('start the gateway with all its screens')
    .option('--port <number>', 'port to listen on; 0 picks a free one (default 8787)')
    .option(
      '--host <address>',
      'address to listen on; another than a loopback one only with keys (default 127.0.0.1)',
    )
    .option('--model <version>', 'version in the registry, or the folder of one (default: the champion)')
    .option('--stock <file...>', 'stock files to start from')
    .option('--date-order <order>', 'dmy, mdy or ymd, where the dates of the stock files leave it open')
    .option('--workers <number>', 'processes that answer, on one port and one data folder (default 1)')
    .option('--json', 'print the ready line as JSON')
    .addOption(new Option(IN_CREW).hideHelp())
    .addHelpText(
      'after',
      `\nEnvironment:\n${variables.join('\n')}\n\nExample:\n  basketlift serve --port 8787 --stock stock.csv`,
    )
    .action(serve);
}

async function serve(flags: ServeFlags): Promise<void> {
  const config = readConfig(process.env, {
    ...(flags.port !== undefined && { port: flags.port }),
    ...(flags.host !== undefined && { host: flags.host }),
    ...(flags.workers !== undefined && { workers: flags.workers }),
  });
  const isJson = flags.json ?? false;
  if (flags.inCrew) return serveInCrew(config, flags);
  if (config.workers > 1) return serveByCrew(config, isJson, flags.model !== undefined);
  const service = await start(config, flags);
  process.stdout.write(readyOutput(readyFacts(service), isJson, 1));
  await stopOnSignal(service);
}

async function start(config: Config, flags: ServeFlags, crew?: CrewLink<Change>): Promise<Service> {
  const dateOrder = parseDateOrder(flags.dateOrder);
  const stock = flags.stock ? await readStockFiles(flags.stock, dateOrder) : [];
  return startService({
    config,
    stock,
    ...(flags.model !== undefined && { model: flags.model }),
    ...(crew && { crew }),
  });
}

/** One worker: it talks to the primary process, which hears the signals, prints and decides when to stop. */
async function serveInCrew(config: Config, flags: ServeFlags): Promise<void> {
  const crew = openCrewLink<Change>(process);
  // A terminal sends its signals to the workers as well.
  process
    .on('SIGINT', () => {})
    .on('SIGHUP', () => {})
    .on('SIGUSR2', () => {});
  // Before Node calls `process.exit`: a worker does not outlive its primary process.
  process.prependListener('disconnect', endAtOnce);
  // While this worker starts it has nothing to finish.
  crew.onStop(endAtOnce);
  try {
    const service = await start(config, flags, crew);
    crew.onFollowModel(() => void service.followModel());
    const stopped = new Promise<void>((resolve, reject) => {
      const stop = (how: HowToStop) => void service.stop(how).then(resolve, reject);
      crew.onStop((isReplaced) => stop(isReplaced ? 'replaced' : 'stop'));
      process.on('SIGTERM', () => stop('stop'));
    });
    crew.ready(readyFacts(service));
    await stopped;
  } catch (error) {
    await crew.failed((error as Error).message, error instanceof ConfigError || error instanceof UsageError);
    process.exitCode = 1;
  } finally {
    process.off('disconnect', endAtOnce);
    crew.close();
  }
}

async function readStockFiles(
  paths: readonly string[],
  dateOrder: DateOrder | undefined,
): Promise<StockRow[]> {
  const { readStock } = await import('../training/ingest/read-stock.ts');
  const { rows, report } = await readStock(paths, undefined, dateOrder);
  process.stderr.write(`stock: ${rows.length} rows kept of ${report.rowsRead}\n`);
  return rows;
}

function readyFacts({ url, modelVersion, notice, keys }: Service): ReadyFacts {
  return { url, modelVersion, notice: notice ?? null, keys, version: CODE_VERSION };
}

/** Resolves when the service has stopped after SIGINT or SIGTERM; a second signal ends the process at once. */
function stopOnSignal(service: Service): Promise<void> {
  return new Promise((resolve, reject) => {
    let isStopping = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (isStopping) endAtOnce();
      isStopping = true;
      process.stderr.write(`${signal}: finishing open requests; again to end at once\n`);
      service.stop().then(resolve, reject);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    process.on('SIGHUP', () => void service.followModel());
    process.on('SIGUSR2', () => {
      process.stderr.write(
        'SIGUSR2: wanted several workers to replace one by one; there is only this process\n',
      );
    });
  });
}
