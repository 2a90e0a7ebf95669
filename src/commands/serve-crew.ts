import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type DataFolder, openDataFolder } from '../adapters/lmdb-data-folder.ts';
import { CrewFailure, WorkerCrew } from '../adapters/worker-crew.ts';
import { type Config, ConfigError } from '../config.ts';
import type { Change } from '../gateway/change.ts';
import type { BusFacts } from '../recommender/shared-change.ts';
import { claimFolder } from '../service/claim-folder.ts';
import { MachineExchange } from '../service/machine-exchange.ts';
import { openRegistry } from '../service/served-version.ts';
import { createLog } from '../telemetry.ts';
import { endAtOnce } from './end-at-once.ts';
import { type ReadyFacts, readyOutput } from './ready-output.ts';

/** Hidden option of `serve`: this process is one of several. */
export const IN_CREW = '--in-crew';

/** How often workers are told how the other machines are heard. */
const TELL_BUS_MS = 500;

type Log = ReturnType<typeof createLog>;

/**
 * Serves with several worker processes until a signal stops them; a second signal ends them at once. SIGUSR2 replaces them
 * one by one. This process answers nobody; it has the machine's bus to others.
 *
 * @throws ConfigError, Error with the reason of the worker that cannot start
 */
export async function serveByCrew(config: Config, isJson: boolean, isModelFixed: boolean): Promise<void> {
  const log = createLog(config.logLevel);
  const folder = openDataFolder(config.data);
  await claimFolder(folder, config, log);
  // What a worker tells before all are ready waits in there.
  const bus = openBus(config, folder, (change) => crew.tell(change), isModelFixed, log);
  const crew: WorkerCrew = new WorkerCrew({
    count: config.workers,
    args: [...process.argv.slice(2), IN_CREW, '--port', String(config.port || (await freePort(config.host)))],
    onDeath: (facts) => log.error(facts, 'worker ended; another one is started in its place'),
    onChange: (change) => bus?.tell(change as Change),
  });
  const facts = (await crew.start().catch(async (error: Error) => {
    await bus?.close();
    await folder.close();
    throw error instanceof CrewFailure && error.isUsage ? new ConfigError(error.message) : error;
  })) as ReadyFacts;
  bus?.start((facts) => crew.tellBus(facts));
  process.stdout.write(readyOutput(facts, isJson, config.workers));
  await stopOnSignal(crew, log);
  await bus?.close();
  await folder.close();
  log.flush();
}

interface MachineBus {
  tell(change: Change): void;
  /** Hears other machines from now on. */
  start(tellBus: (facts: BusFacts) => void): void;
  close(): Promise<void>;
}

function openBus(
  { redisUrl, models }: Config,
  folder: DataFolder,
  pass: (change: Change) => void,
  isModelFixed: boolean,
  log: Log,
): MachineBus | undefined {
  if (redisUrl === undefined) return undefined;
  const exchange = new MachineExchange({
    redisUrl,
    folder,
    registry: openRegistry(models),
    isModelFixed,
    log,
    pass,
  });
  let timer: NodeJS.Timeout | undefined;
  return {
    tell: (change) => exchange.tell(change),
    start(tellBus) {
      exchange.start();
      timer = setInterval(() => tellBus(exchange.facts), TELL_BUS_MS);
    },
    async close() {
      clearInterval(timer);
      await exchange.close();
    },
  };
}

/** Picked here, so that a crew whose workers have all died comes back where it was. */
async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function stopOnSignal(crew: WorkerCrew, log: Log): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (isStopping) {
        crew.kill();
        endAtOnce();
      }
      isStopping = true;
      process.stderr.write(`${signal}: finishing open requests; again to end at once\n`);
      void crew.stop().then(resolve);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    process.on('SIGHUP', () => crew.followModel());
    process.on('SIGUSR2', () => void roll(crew, log));
  });
}

async function roll(crew: WorkerCrew, log: Log): Promise<void> {
  log.info({}, 'rolling restart: workers are replaced one by one');
  try {
    await crew.roll();
    log.info({}, 'rolling restart done');
  } catch (error) {
    log.error({ err: error }, 'rolling restart stopped; the running workers keep answering');
  }
}
