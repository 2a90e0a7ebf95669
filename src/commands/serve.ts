import type { Command } from 'commander';
import { readConfig, VARIABLES } from '../config.ts';
import { keysInWords } from '../keys-state.ts';
import { CODE_VERSION } from '../package-facts.ts';
import type { StockRow } from '../recommender/stock.ts';
import { type Service, startService } from '../service.ts';
import { parseDateOrder } from './date-order.ts';

interface ServeFlags {
  readonly port?: string;
  readonly host?: string;
  readonly model?: string;
  readonly stock?: string[];
  readonly dateOrder?: string;
  readonly json?: boolean;
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
    .option('--date-order <order>', 'dmy or mdy, where the dates of the stock files leave it open')
    .option('--json', 'print the ready line as JSON')
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
  });
  const dateOrder = parseDateOrder(flags.dateOrder);
  const stock = flags.stock ? await readStockFiles(flags.stock, dateOrder) : [];
  const service = await startService({
    config,
    stock,
    ...(flags.model !== undefined && { model: flags.model }),
  });
  process.stdout.write(flags.json ? `${JSON.stringify(readyFacts(service))}\n` : readyText(service));
  await stopOnSignal(service);
}

async function readStockFiles(
  paths: readonly string[],
  dateOrder: 'dmy' | 'mdy' | undefined,
): Promise<StockRow[]> {
  const { readStock } = await import('../training/ingest/read-stock.ts');
  const { rows, report } = await readStock(paths, undefined, dateOrder);
  process.stderr.write(`stock: ${rows.length} rows kept of ${report.rowsRead}\n`);
  return rows;
}

function readyFacts({ url, modelVersion, notice, keys }: Service) {
  return { url, modelVersion, notice: notice ?? null, keys, version: CODE_VERSION };
}

function readyText({ url, modelVersion, notice, keys }: Service): string {
  return `Basketlift ${CODE_VERSION} is ready at ${url}
  till    ${url}/till
  agent   ${url}/agent
  API     ${url}/v1/suggestions
  model   ${modelVersion}${notice ? ` (${notice})` : ''}
  keys    ${keysInWords(keys)}
`;
}

/** Resolves when the service has stopped after SIGINT or SIGTERM; a second signal ends the process at once. */
function stopOnSignal(service: Service): Promise<void> {
  return new Promise((resolve, reject) => {
    let isStopping = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (isStopping) process.exit(1);
      isStopping = true;
      process.stderr.write(`${signal}: finishing open requests; again to end at once\n`);
      service.stop().then(resolve, reject);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    process.on('SIGHUP', () => void service.followModel());
  });
}
