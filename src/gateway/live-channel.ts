import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { parse } from 'hono/utils/cookie';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Access, EMBEDDED_ACCESS, isLoopbackName, isOwnOrigin } from './access.ts';
import { bearerOf, CHALLENGE, SESSION_COOKIE } from './admission.ts';
import { continueAsHttp } from './continue-as-http.ts';
import type { Gatekeeper } from './gatekeeper.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { createOrphanedBaskets } from './live-basket.ts';
import { CLOSE, LIVE_LIMITS, type LiveLimits, LiveSession } from './live-session.ts';
import { createBasketRoom } from './open-baskets.ts';
import { problemOf } from './problem.ts';

export interface LiveChannel {
  /** Closes every socket with a reason and takes no more; `replaced`: another process continues their baskets. */
  close(how: 'stop' | 'replaced'): void;
  /** Ends the sockets that have not closed by themselves. */
  terminate(): void;
}

export interface LiveChannelLimits extends LiveLimits {
  readonly socketsMax: number;
  readonly messageBytesMax: number;
  /** Interval of pings; a socket that misses two is ended. */
  readonly pingMs: number;
  /** Time in which a key must be shown. */
  readonly helloMs: number;
}

export const LIVE_CHANNEL_LIMITS: LiveChannelLimits = {
  ...LIVE_LIMITS,
  socketsMax: 10_000,
  messageBytesMax: 256 * 1024,
  pingMs: 30_000,
  helloMs: 10_000,
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
  const kept = { orphans: createOrphanedBaskets(parts.changes), room: createBasketRoom() };
  const sessions = new Map<WebSocket, { session: LiveSession; missedPings: number }>();
  let isClosed = false;

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      continueAsHttp(server, request, socket, head);
      return;
    }
    // Node has taken its own listener off: without one a reset would end the process.
    socket.on('error', (error) => parts.log.debug({ err: error }, 'socket failed'));
    const isFull = isClosed || sessions.size >= limits.socketsMax;
    const admitted = admitUpgrade(request, parts, isFull);
    if (typeof admitted === 'string') {
      socket.once('finish', () => socket.destroy());
      socket.end(`HTTP/1.1 ${admitted}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => accept(accepted, admitted.access));
  };

  const accept = (socket: WebSocket, access: Access | undefined) => {
    const session = new LiveSession(parts, socket, kept, limits, access);
    const patience = setTimeout(() => session.closeUnlessAdmitted(), limits.helloMs);
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
      clearTimeout(patience);
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
        state.session.closeUnlessAdmitted();
      }
    }
  }, limits.pingMs);
  heartbeat.unref();
  server.on('upgrade', onUpgrade);

  return {
    close(how) {
      isClosed = true;
      clearInterval(heartbeat);
      const [code, reason] =
        how === 'stop'
          ? ([CLOSE.goingAway, 'the gateway is stopping'] as const)
          : ([CLOSE.restart, 'another process continues'] as const);
      for (const [socket, { session }] of sessions) {
        // Before the socket closes, so that the others know the baskets when the client is back.
        if (how === 'replaced') session.end();
        socket.close(code, reason);
      }
      if (how === 'replaced') kept.orphans.handOver();
    },
    terminate() {
      server.off('upgrade', onUpgrade);
      for (const socket of sessions.keys()) socket.terminate();
    },
  };
}

/** Who opens a socket, or the status line that refuses the upgrade. Never throws: nobody would catch it, and the process would end. */
function admitUpgrade(
  request: IncomingMessage,
  { gatekeeper, log }: Pick<GatewayParts, 'gatekeeper' | 'log'>,
  isFull: boolean,
): { access: Access | undefined } | string {
  try {
    return refuse(request, gatekeeper, isFull) ?? identify(request, gatekeeper);
  } catch (error) {
    log.error({ err: error }, 'live socket failed');
    return '500 Internal Server Error';
  }
}

/** The status line that refuses an upgrade; undefined when it is welcome. */
function refuse(request: IncomingMessage, gatekeeper: Gatekeeper, isFull: boolean): string | undefined {
  const { host, origin } = request.headers;
  if (request.url?.split('?')[0] !== PATH) return '404 Not Found';
  if ((gatekeeper.isOpen() && !isLoopbackName(host)) || !isOwnOrigin(origin, host)) return '403 Forbidden';
  if (isFull) return '503 Service Unavailable\r\nRetry-After: 5';
  return undefined;
}

/**
 * The access of the key in the header, or else of the page's cookie; undefined while the key is still to come in a hello. A status line for
 * a key that is not valid.
 */
function identify(
  { headers: { authorization, cookie, origin } }: IncomingMessage,
  gatekeeper: Gatekeeper,
): { access: Access | undefined } | string {
  if (gatekeeper.isOpen()) return { access: EMBEDDED_ACCESS };
  const key = bearerOf(authorization);
  try {
    if (key !== undefined) return { access: gatekeeper.admitKey(key) };
    const session = parse(cookie ?? '', SESSION_COOKIE)[SESSION_COOKIE];
    // Browsers name the page that opens a socket, and only the gateway's own got this far.
    if (session !== undefined && origin !== undefined) return { access: gatekeeper.admitSession(session) };
  } catch (error) {
    if (problemOf(error).type !== 'unauthorized') throw error;
    if (key !== undefined) return `401 Unauthorized\r\nWWW-Authenticate: ${CHALLENGE}`;
    // A page is told on the open socket that its log-in is over, because the browser would tell it nothing about a refused one.
  }
  return { access: undefined };
}
