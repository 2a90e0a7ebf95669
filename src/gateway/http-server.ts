import { createServer, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { refuseOverload } from './refuse-overload.ts';

export interface HttpServerOptions extends ServerOptions {
  readonly hostname: string;
  /** A client that takes nothing of its answer for so long is ended. */
  readonly unreadMsMax: number;
  /** Connections at once, live sockets with them; what is more is closed unread. */
  readonly connectionsMax: number;
}

/** The app as an HTTP server that refuses what is too much; it does not listen yet. */
export function createHttpServer(
  app: GatewayApp,
  parts: Pick<GatewayParts, 'overload' | 'telemetry'>,
  { hostname, unreadMsMax, connectionsMax, ...options }: HttpServerOptions,
): Server {
  const answer = refuseOverload(getRequestListener(app.fetch, { hostname }), parts);
  const server = createServer(options, (request, response) => {
    endUnread(response);
    return answer(request, response);
  });
  server.timeout = unreadMsMax;
  server.maxConnections = connectionsMax;
  return server.on('drop', () => parts.telemetry.shed('connection'));
}

/** Who listens decides whether a connection on which nothing moves is ended: one that waits for an answer is not. */
function endUnread(response: ServerResponse): void {
  response.on('timeout', destroyUnread);
}

function destroyUnread(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy();
}
