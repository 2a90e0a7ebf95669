import type { Command } from 'commander';
import type { LedgerCheck } from '../adapters/ledger-check.ts';
import { openDataFolder } from '../adapters/lmdb-data-folder.ts';
import { readPageFiles } from '../adapters/page-files.ts';
import { openRedisConnection } from '../adapters/redis-connection.ts';
import { type Config, readConfig } from '../config.ts';
import { PACKAGE_ROOT } from '../package-facts.ts';
import { keysInWords, keysState } from '../service/keys-state.ts';
import { CUSTOMERS_UNKNOWN, loadVersion } from '../service/served-version.ts';

/** One thing looked at: what was found, or what is wrong and what to do. */
interface Finding {
  readonly part: string;
  readonly isSound: boolean;
  readonly found: string;
}

const REDIS_MS_MAX = 2000;

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check the installation and say what is missing')
    .option('--quick', 'do not read the whole ledger')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  basketlift doctor')
    .action(async (flags: { quick?: boolean; json?: boolean }) => {
      const findings = await examine(readConfig(process.env), flags.quick === true);
      const lines = findings.map(
        ({ part, isSound, found }) => `${isSound ? 'ok  ' : 'BAD '} ${part.padEnd(8)} ${found}`,
      );
      process.stdout.write(flags.json ? `${JSON.stringify(findings)}\n` : `${lines.join('\n')}\n`);
      if (findings.some(({ isSound }) => !isSound)) throw new Error('something is missing; see above');
    });
}

async function examine(config: Config, isQuick: boolean): Promise<Finding[]> {
  return Promise.all([
    look('model', async () => {
      const { model, customers } = await loadVersion(config, undefined);
      const facts = `${model.version}: ${model.products.length} products, ${model.stores.length} stores, every file as listed`;
      if (customers === 'unknown') throw new Error(`${facts}; ${CUSTOMERS_UNKNOWN}`);
      return customers === 'none' ? facts : `${facts}, ${model.customerNames.length} customers`;
    }),
    ...examineDataFolder(config.data, isQuick),
    look('screens', async () => {
      const pages = await readPageFiles(`${PACKAGE_ROOT}dist/screens`);
      if (!pages.has('/till.html')) throw new Error('the screens are not built: run npm run build');
      return `${pages.size} files`;
    }),
    look('redis', () =>
      config.redisUrl === undefined ? Promise.resolve('not configured: embedded') : askRedis(config.redisUrl),
    ),
  ]);
}

/** The findings of one look into the folder. */
function examineDataFolder(path: string, isQuick: boolean): Promise<Finding>[] {
  const opened = (async () => {
    const folder = openDataFolder(path);
    const keys = keysInWords(keysState(folder.keys, Date.now()));
    const erasures = { ...folder.erasures.count(), lapsing: folder.lapses.unfinished() };
    const ledger = isQuick ? undefined : folder.checkLedger();
    await folder.close();
    return { keys, erasures, ledger };
  })();
  return [
    look('data', async () => {
      await opened;
      return `${path} can be read and written`;
    }),
    look('ledger', async () => ledgerInWords((await opened).ledger)),
    look('keys', async () => (await opened).keys),
    look('erasure', async () => {
      const { erased, unfinished, lapsing } = (await opened).erasures;
      if (unfinished > 0)
        throw new Error(`${unfinished} erasures are not finished: start the gateway, or erase them again`);
      const lapsed = lapsing === 1 ? '1 customer is' : `${lapsing} customers are`;
      if (lapsing > 0) throw new Error(`${lapsed} only partly forgotten: start the gateway`);
      return `${erased} ${erased === 1 ? 'customer' : 'customers'} erased`;
    }),
  ];
}

/** @throws Error that says what is damaged */
function ledgerInWords(ledger: LedgerCheck | undefined): string {
  if (!ledger) return 'not read';
  const { events, decisions, damaged, examples } = ledger;
  if (damaged === 0) return `${events} events and ${decisions} decisions, all as they were stored`;
  const more = damaged > examples.length ? `, and ${damaged - examples.length} more` : '';
  throw new Error(
    `damaged: ${examples.join('; ')}${more}. Reports that count them are wrong or fail: put a backup in place of the folder, and send again what came after it`,
  );
}

async function look(part: string, examine: () => Promise<string>): Promise<Finding> {
  try {
    return { part, isSound: true, found: await examine() };
  } catch (error) {
    return { part, isSound: false, found: error instanceof Error ? error.message : String(error) };
  }
}

async function askRedis(url: string): Promise<string> {
  const client = openRedisConnection(url);
  let trouble: Error | undefined;
  client.on('error', (error: Error) => {
    trouble = error;
  });
  try {
    const deadline = new Promise<never>((_, reject) => {
      setTimeout(
        () => reject(new Error(`no answer in ${REDIS_MS_MAX} ms`, { cause: trouble })),
        REDIS_MS_MAX,
      ).unref();
    });
    const ready =
      client.status === 'ready' ? undefined : new Promise((resolve) => client.once('ready', resolve));
    await Promise.race([Promise.resolve(ready).then(() => client.ping()), deadline]);
    return 'answers';
  } finally {
    client.disconnect();
  }
}
