import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startServer } from './processes.mjs';

const PACKAGE_ROOT = new URL('../../', import.meta.url).pathname;
const PROGRAM = join(PACKAGE_ROOT, 'dist/cli.js');
const CONTROL = new URL('./control-server.mjs', import.meta.url).pathname;

/**
 * The built gateway on a free port, with a data folder of its own. It serves the shipped version, or the `model`, or the
 * champion of the folder `models`. `flags` are further ones of Node.
 */
export async function startGateway({ name, folder, cpu, redisUrl, model, models = '', flags = [] }) {
  const data = join(folder, name);
  const command = [process.execPath, ...shippedFlags(), ...flags, PROGRAM, 'serve', '--port', '0', '--json'];
  const server = await startServer({
    command: model === undefined ? command : [...command, '--model', model],
    cpu,
    cwd: folder,
    env: {
      BASKETLIFT_DATA: data,
      BASKETLIFT_LOG_LEVEL: 'warn',
      BASKETLIFT_MODELS: models,
      BASKETLIFT_REDIS_URL: redisUrl ?? '',
      NODE_ENV: 'production',
    },
    readyOf: urlOf,
  });
  return { ...server, name, url: server.ready };
}

/** The flags of Node in the program's first line. */
function shippedFlags() {
  const [firstLine] = readFileSync(PROGRAM, 'utf8').split('\n', 1);
  return firstLine.match(/--\S+/g);
}

/** Bare Hono (`http`) or bare ws (`live`) that answers a fixed text. */
export async function startControl({ kind, answer, cpu }) {
  const command = [process.execPath, CONTROL, kind, answer];
  const server = await startServer({ command, cpu, env: { NODE_ENV: 'production' }, readyOf: urlOf });
  return { ...server, name: kind === 'live' ? 'bare ws' : 'bare Hono', url: server.ready };
}

/** A redis-server of this run alone, without persistence, bounded in memory. */
export async function startRedis({ program, folder, cpu }) {
  const port = await findFreePort();
  const dir = join(folder, 'redis');
  mkdirSync(dir);
  const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no', maxmemory: '512mb', dir };
  const server = await startServer({
    command: [program, ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])],
    cpu,
    readyOf: (line) => line.includes('Ready to accept connections'),
  });
  return { ...server, name: 'redis', url: `redis://127.0.0.1:${port}` };
}

/** The URL in a line of JSON; undefined for other lines. */
export function urlOf(line) {
  return /"url":"(http:\/\/[^"]+)"/.exec(line)?.[1];
}

async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
