import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpServer, type HttpServerOptions } from '../../src/gateway/http-server.ts';
import {
  LIVE_CHANNEL_LIMITS,
  type LiveChannelLimits,
  openLiveChannel,
} from '../../src/gateway/live-channel.ts';
import { openTestGateway, type TestGateway, type TestGatewayOptions } from './test-gateway.ts';

export interface ListeningGateway extends TestGateway {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
}

/** A test gateway on a port of 127.0.0.1, with limits small enough to be reached. */
export async function listenTestGateway(
  limits: Partial<LiveChannelLimits> = {},
  options: TestGatewayOptions & { readonly server?: Partial<HttpServerOptions> } = {},
): Promise<ListeningGateway> {
  const gateway = openTestGateway(options);
  const hostname = '127.0.0.1';
  const { server } = createHttpServer(gateway.app, gateway.parts, {
    hostname,
    unreadMsMax: 30_000,
    connectionsMax: 1_000,
    ...options.server,
  });
  server.listen(0, hostname);
  await once(server, 'listening');
  const live = openLiveChannel(server, gateway.parts, { ...LIVE_CHANNEL_LIMITS, ...limits });
  const { port } = server.address() as AddressInfo;
  return {
    ...gateway,
    port,
    server,
    url: `http://127.0.0.1:${port}`,
    async close() {
      live.close('stop');
      live.terminate();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await gateway.close();
    },
  };
}
