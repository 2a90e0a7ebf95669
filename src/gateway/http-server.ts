import { createServer, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { answersOn, OpenConnections } from './open-connections.ts';
import { refuseOverload } from './refuse-overload.ts';

export interface HttpServerOptions extends ServerOptions {
  readonly hostname: string;
  /** A client that takes nothing of its answer for so long is ended. */
  readonly unreadMsMax: number;
  /** Connections at once, live sockets with them; what is more is closed unread. */
  readonly connectionsMax: number;
}

export interface HttpServer {
  readonly server: Server;
  /**
   * Takes no more connections and lets those that there are end: with the next answer, or when nothing has been under way for `idleMs`.
   * Resolves when all have ended.
   */
  leave(idleMs: number): Promise<void>;
}

/** The app as an HTTP server that refuses what is too much; it does not listen yet. */
export function createHttpServer(
  app: GatewayApp,
  parts: Pick<GatewayParts, 'overload' | 'telemetry'>,
  { hostname, unreadMsMax, connectionsMax, ...options }: HttpServerOptions,
): HttpServer {
  const answer = refuseOverload(getRequestListener(app.fetch, { hostname }), parts);
  const connections = new OpenConnections();
  const server = createServer({ ...options, ServerResponse: answersOn(connections) }, (request, response) => {
    connections.answer(response);
    endUnread(response);
    return answer(request, response);
  });
  server.timeout = unreadMsMax;
  server.maxConnections = connectionsMax;
  server.on('connection', (socket) => connections.add(socket));
  server.on('drop', () => parts.telemetry.shed('connection'));
  return { server, leave: (idleMs) => connections.end(server, idleMs) };
}

/** Who listens decides whether a connection on which nothing moves is ended: one that waits for an answer is not. */
function endUnread(response: ServerResponse): void {
  response.on('timeout', destroyUnread);
}

function destroyUnread(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy();
}
