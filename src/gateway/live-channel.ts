import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { isLoopbackName, isOwnOrigin } from './access.ts';
import { continueAsHttp } from './continue-as-http.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { createOrphanedBaskets } from './live-basket.ts';
import { CLOSE, LIVE_LIMITS, type LiveLimits, LiveSession } from './live-session.ts';

export interface LiveChannel {
  /** Closes every socket with a reason and takes no more. */
  close(): void;
  /** Ends what has not closed by itself. */
  terminate(): void;
}

export interface LiveChannelLimits extends LiveLimits {
  readonly socketsMax: number;
  readonly messageBytesMax: number;
  /** Interval of pings; a socket that misses two is ended. */
  readonly pingMs: number;
}

export const LIVE_CHANNEL_LIMITS: LiveChannelLimits = {
  ...LIVE_LIMITS,
  socketsMax: 5000,
  messageBytesMax: 256 * 1024,
  pingMs: 30_000,
};

const PATH = '/v1/live';

/** The WebSocket of the gateway on an HTTP server. */
export function openLiveChannel(
  server: Pick<Server, 'on' | 'off' | 'emit'>,
  parts: GatewayParts,
  limits: LiveChannelLimits = LIVE_CHANNEL_LIMITS,
): LiveChannel {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytesMax,
    perMessageDeflate: false,
  });
  const orphans = createOrphanedBaskets();
  const sessions = new Map<WebSocket, { session: LiveSession; missedPings: number }>();
  let isClosed = false;

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      continueAsHttp(server, request, socket, head);
      return;
    }
    // Node has taken its own listener off: without one a reset would end the process.
    socket.on('error', (error) => parts.log.debug({ err: error }, 'socket failed'));
    const refusal = refuse(request, isClosed, sessions.size >= limits.socketsMax);
    if (refusal) {
      socket.once('finish', () => socket.destroy());
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => accept(accepted));
  };

  const accept = (socket: WebSocket) => {
    const session = new LiveSession(parts, socket, orphans, limits);
    sessions.set(socket, { session, missedPings: 0 });
    parts.telemetry.sockets(sessions.size);
    socket.on('message', (data, isBinary) => {
      sessions.get(socket)!.missedPings = 0;
      if (isBinary) socket.close(CLOSE.unsupported, 'wanted JSON text, got a binary message');
      else session.receive(data.toString());
    });
    socket.on('pong', () => {
      sessions.get(socket)!.missedPings = 0;
    });
    // A frame that breaks the protocol or the size limit; ws closes the socket with the right code itself.
    socket.on('error', (error) => parts.log.debug({ err: error }, 'socket failed'));
    socket.on('close', () => {
      session.end();
      sessions.delete(socket);
      parts.telemetry.sockets(sessions.size);
    });
  };

  const heartbeat = setInterval(() => {
    for (const [socket, state] of sessions) {
      if (++state.missedPings > 2) socket.terminate();
      else {
        socket.ping();
        state.session.ping();
      }
    }
  }, limits.pingMs);
  heartbeat.unref();
  server.on('upgrade', onUpgrade);

  return {
    close() {
      isClosed = true;
      clearInterval(heartbeat);
      for (const socket of sessions.keys()) socket.close(CLOSE.goingAway, 'the gateway is stopping');
    },
    terminate() {
      server.off('upgrade', onUpgrade);
      for (const socket of sessions.keys()) socket.terminate();
    },
  };
}

/** The status line that refuses an upgrade; undefined when it is welcome. */
function refuse(request: IncomingMessage, isClosed: boolean, isFull: boolean): string | undefined {
  const { host, origin } = request.headers;
  if (request.url?.split('?')[0] !== PATH) return '404 Not Found';
  if (!isLoopbackName(host) || !isOwnOrigin(origin, host)) return '403 Forbidden';
  if (isClosed || isFull) return '503 Service Unavailable\r\nRetry-After: 5';
  return undefined;
}
