import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { CrewFailure, WorkerCrew } from '../adapters/worker-crew.ts';
import { type Config, ConfigError } from '../config.ts';
import { createLog } from '../telemetry.ts';
import { type ReadyFacts, readyOutput } from './ready-output.ts';

/** Hidden option of `serve`: this process is one of several. */
export const IN_CREW = '--in-crew';

/**
 * Serves with several worker processes until a signal stops them; a second signal ends them at once.
 *
 * @throws ConfigError, Error with the reason of the worker that cannot start
 */
export async function serveByCrew(config: Config, isJson: boolean): Promise<void> {
  const log = createLog(config.logLevel);
  const crew = new WorkerCrew({
    count: config.workers,
    args: [...process.argv.slice(2), IN_CREW, '--port', String(config.port || (await freePort(config.host)))],
    onDeath: (facts) => log.error(facts, 'worker ended; another takes its place'),
  });
  const facts = (await crew.start().catch((error: Error) => {
    throw error instanceof CrewFailure && error.isUsage ? new ConfigError(error.message) : error;
  })) as ReadyFacts;
  process.stdout.write(readyOutput(facts, isJson, config.workers));
  await stopOnSignal(crew);
  log.flush();
}

/** Picked here, so that a crew of which every worker has died comes back where it was. */
async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function stopOnSignal(crew: WorkerCrew): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (isStopping) {
        crew.kill();
        process.exit(1);
      }
      isStopping = true;
      process.stderr.write(`${signal}: finishing open requests; again to end at once\n`);
      void crew.stop().then(resolve);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    process.on('SIGHUP', () => crew.followModel());
  });
}
