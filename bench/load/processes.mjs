import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const READY_MS_MAX = 30_000;
const STOP_MS_MAX = 15_000;

/** Children that run; whatever ends this process ends them, each by its own id. */
const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

/**
 * Starts a server and waits for the line that `readyOf` recognises by returning something.
 *
 * @param cpu number of the processor it is pinned to; undefined leaves it free
 */
export async function startServer({ command, cpu, env = {}, cwd, readyOf }) {
  const child = spawnPinned(command, { cpu, env, cwd });
  const said = [];
  const ready = await new Promise((resolve, reject) => {
    const fail = (why) => {
      child.kill('SIGKILL');
      reject(new Error(`${command.slice(0, 4).join(' ')} ${why}; it said:\n${said.slice(-20).join('\n')}`));
    };
    const timer = setTimeout(() => fail(`was not ready in ${READY_MS_MAX} ms`), READY_MS_MAX);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`ended with ${code}`));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line.slice(0, 500));
        if (said.length > 100) said.shift();
        const found = readyOf(line);
        if (!found) return;
        clearTimeout(timer);
        resolve(found);
      });
    }
  });
  child.removeAllListeners('exit');
  child.once('exit', () => running.delete(child));
  return {
    ready,
    pid: child.pid,
    /** What it said last, for a report of trouble. */
    said,
    isRunning: () => running.has(child),
    stop: () => stop(child),
  };
}

/** Runs a program to its end; what it said last. @throws with what it said when it fails or takes longer than `msMax` */
export async function runProgram({ command, cpu, env = {}, msMax }) {
  const child = spawnPinned(command, { cpu, env });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said.push(text);
      if (said.length > 50) said.shift();
    });
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), msMax);
  const [code, signal] = await once(child, 'close').finally(() => clearTimeout(timer));
  running.delete(child);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code ?? signal}:\n${said.join('')}`);
  return said.join('').trim();
}

function spawnPinned(command, { cpu, env, cwd }) {
  const [program, ...args] = cpu === undefined ? command : ['taskset', '-c', String(cpu), ...command];
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  return child;
}

async function stop(child) {
  if (!running.has(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await gone;
  clearTimeout(timer);
}
