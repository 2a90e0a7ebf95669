import { createServer, type Server, type ServerOptions } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { refuseOverload } from './refuse-overload.ts';

/** The app as an HTTP server that refuses requests when overloaded; it does not listen yet. */
export function createHttpServer(
  app: GatewayApp,
  parts: Pick<GatewayParts, 'overload' | 'telemetry'>,
  { hostname, ...options }: ServerOptions & { readonly hostname: string },
): Server {
  return createServer(options, refuseOverload(getRequestListener(app.fetch, { hostname }), parts));
}
