import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import type { GatewayProcess } from './gateway-process.ts';

/** What starts a gateway whose garbage `collectedMiB` can have collected. */
export const inspectedGateway = [process.execPath, '--inspect=127.0.0.1:0', 'dist/cli.js', 'serve'];

/** Resident memory of an inspected gateway once its garbage is collected, MiB: what is left is held, not waiting. */
export async function collectedMiB({ child, said }: GatewayProcess): Promise<number> {
  const address = /Debugger listening on (ws:\S+)/.exec(said.join('\n'));
  if (!address) throw new Error('inspector: wanted its address among the lines of the gateway');
  const inspector = new WebSocket(address[1]!);
  await once(inspector, 'open');
  inspector.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
  const [answer] = await once(inspector, 'message');
  inspector.close();
  if (JSON.parse(String(answer)).error) throw new Error(`inspector: ${answer}`);
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) / 1024;
}
