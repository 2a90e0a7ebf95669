import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';

/** The built command line. */
export const CLI = join(import.meta.dirname, '../../dist/cli.js');

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An environment free of Basketlift's variables but those given. */
function environment(env: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('BASKETLIFT_'));
  return { ...Object.fromEntries(inherited), ...env };
}

/** Starts the built command line and leaves it to the caller. */
export function startCli(args: readonly string[], cwd: string): ChildProcess {
  return spawn(process.execPath, [CLI, ...args], { cwd, env: environment({}), stdio: 'ignore' });
}

/** Runs the built command line to its end. */
export function runCli(
  args: readonly string[],
  { cwd, env = {} }: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<CliResult> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [CLI, ...args],
      { cwd, env: environment(env), timeout: 60_000, maxBuffer: 64 * 2 ** 20 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      },
    );
  });
}
