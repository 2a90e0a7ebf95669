import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A redis-server of this test alone, on a port of its own, without persistence. Ends only its own process. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** The process now running; another one after `start`. */
  readonly child: ChildProcess;
  /** Ends it and removes its folder; also after `kill`. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port after `kill`, empty. */
  start(): Promise<void>;
  /** SIGSTOP: it accepts connections and answers nothing. */
  pause(): void;
  resume(): void;
}

const PROGRAM = findOnPath('redis-server');

/** False says once, loudly, that the tests on a real Redis do not run. */
export const isRedisServerInstalled = PROGRAM !== undefined;

if (!isRedisServerInstalled) {
  console.warn(
    '\n*** redis-server is not on the PATH: the tests on a real Redis are SKIPPED. ' +
      'Install it, for example: apt-get install --no-install-recommends redis-server ***\n',
  );
}

/** @param settings more command-line settings, such as `--requirepass secret` */
export async function startRedisServer(settings: readonly string[] = []): Promise<RedisServer> {
  return startOnFreePort((port, folder) => [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
    ...settings,
  ]);
}

/** Starts the program with the arguments for a port and a folder of its own. */
export async function startOnFreePort(argumentsFor: ArgumentsFor): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'basketlift-redis-'));
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort();
    try {
      return await new OwnRedisServer(port, folder, argumentsFor(port, folder)).started();
    } catch (error) {
      // Between finding a port and listening on it somebody else may have taken it.
      if (attempt === 5) throw error;
    }
  }
}

type ArgumentsFor = (port: number, folder: string) => readonly string[];

class OwnRedisServer implements RedisServer {
  readonly port: number;
  readonly url: string;
  readonly #folder: string;
  readonly #arguments: readonly string[];
  #child: ChildProcess | undefined;

  constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.#folder = folder;
    this.#arguments = args;
  }

  get child(): ChildProcess {
    if (this.#child === undefined) throw new Error('redis-server: wanted after start, got before');
    return this.#child;
  }

  async started(): Promise<this> {
    await this.start();
    return this;
  }

  async start(): Promise<void> {
    const child = spawn(PROGRAM ?? 'not installed', this.#arguments, {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      const log: string[] = [];
      createInterface({ input: child.stdout! }).on('line', (line) => {
        log.push(line);
        if (/Ready to accept connections|\+monitor master/.test(line)) resolve();
      });
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}:\n${log.join('\n')}`)));
    });
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    // A stopped process takes SIGTERM only when it runs again.
    child.kill('SIGCONT');
    await gone;
  }
}

/** From here on Linux, as it comes, gives ports to outgoing connections; below, none is taken while its server is down for a moment. */
const PORTS_BEFORE = 32_768;
const PORTS_FROM = 10_000;

/** A port of 127.0.0.1 on which nobody listens just now. */
export async function findFreePort(): Promise<number> {
  for (let tried = 0; tried < 100; tried++) {
    const port = randomInt(PORTS_FROM, PORTS_BEFORE);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port found from ${PORTS_FROM} to ${PORTS_BEFORE - 1}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function findOnPath(program: string): string | undefined {
  const paths = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
