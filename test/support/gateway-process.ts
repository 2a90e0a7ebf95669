import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface GatewayProcess {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** Its lines so far; what it writes to its log may come after the line with its address. */
  readonly said: readonly string[];
  /** Asks it to finish and waits until it has. */
  stop(): Promise<void>;
  /** SIGKILL: what a power cut leaves behind. */
  kill(): Promise<void>;
}

export interface GatewayProcessOptions {
  readonly dataDir: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Replaces `node dist/cli.js serve`; `--port N` is added. */
  readonly command?: readonly string[];
}

/** Process ids of the workers of a gateway that has several. */
export function workersOf({ child }: GatewayProcess): number[] {
  const text = execFileSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)], { encoding: 'utf8' });
  return text.trim().split(/\s+/).map(Number);
}

/** Unless a test asks for it, nothing is held out by chance, and nothing left out because the machine was busy. */
const undisturbed = { BASKETLIFT_HOLDOUT_SHARE: '0', BASKETLIFT_BUDGET_MS: '5000' };

const builtGateway = [process.execPath, 'dist/cli.js', 'serve'];
const readyMs = 30_000;

/** Starts the built gateway and resolves when it has printed its address. */
export async function startGateway(options: GatewayProcessOptions): Promise<GatewayProcess> {
  const command = options.command ?? process.env.BASKETLIFT_TEST_GATEWAY?.split(' ') ?? builtGateway;
  const [program, ...args] = [...command, '--port', String(options.port ?? 0)];
  const child = spawn(program!, args, {
    env: { ...process.env, BASKETLIFT_DATA: options.dataDir, ...undisturbed, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { url, said } = await readyLines(child);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    url,
    port: Number(new URL(url).port),
    child,
    said,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

function readyLines(child: ChildProcess): Promise<{ url: string; said: readonly string[] }> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const fail = (why: string) => {
      child.kill('SIGKILL');
      reject(new Error(`gateway ${why}; it said:\n${said.slice(-40).join('\n')}`));
    };
    const timer = setTimeout(() => fail(`printed no address in ${readyMs} ms`), readyMs);
    child.once('error', (error) => fail(`did not start: ${error.message}`));
    child.once('exit', (code) => fail(`ended with ${code} before it was ready`));
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        const url = /http:\/\/(127\.0\.0\.1|0\.0\.0\.0):\d+/.exec(line)?.[0];
        if (!url || stream !== child.stdout) return;
        clearTimeout(timer);
        child.removeAllListeners('exit');
        resolve({ url, said });
      });
    }
  });
}
