import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What happens on the way between a client and its server. */
export type Trouble =
  | 'none'
  /** What is sent is taken and goes nowhere, in either direction: a half-open connection. */
  | 'swallow'
  /** The connection is reset after the first bytes of a reply. */
  | 'reset'
  /** Replies come so many ms late, in their order. */
  | { readonly delayMs: number };

export interface TcpProxy {
  readonly port: number;
  trouble: Trouble;
  /** Bytes of a reply that get through before a reset. */
  readonly resetAfterBytes: number;
  close(): Promise<void>;
}

/** A proxy on 127.0.0.1 to a port there, that can fail as networks do. */
export async function openTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (bytes) => proxy.trouble !== 'swallow' && upstream.write(bytes));
    upstream.on('data', (bytes) => reply(client, bytes));
  });
  const reply = (client: Socket, bytes: Buffer) => {
    const { trouble } = proxy;
    if (trouble === 'swallow') return;
    if (trouble === 'reset') {
      client.write(bytes.subarray(0, proxy.resetAfterBytes), () => client.resetAndDestroy());
    } else if (trouble === 'none') client.write(bytes);
    else setTimeout(() => client.writable && client.write(bytes), trouble.delayMs);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    trouble: 'none',
    resetAfterBytes: 1,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return proxy;
}
