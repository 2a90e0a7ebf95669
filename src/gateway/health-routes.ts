import { DEFAULT_TENANT } from './access.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';

export function addHealthRoutes(app: GatewayApp, parts: GatewayParts): void {
  app.get('/healthz', (context) => context.json({ status: 'ok', version: parts.codeVersion }));

  app.get('/readyz', (context) => {
    const states = parts.partStates();
    const degraded = states.filter((part) => !part.isHealthy).map((part) => part.name);
    const body = {
      status: parts.isStopping() ? 'stopping' : 'ready',
      modelVersion: parts.tenant(DEFAULT_TENANT).serving.model.version,
      degraded,
      parts: Object.fromEntries(states.map(({ name, state }) => [name, state])),
    };
    if (!parts.isStopping()) return context.json(body);
    context.header('Retry-After', '5');
    return context.json(body, 503);
  });

  app.get('/metrics', async (context) => {
    return context.body(await parts.telemetry.exposition(), 200, {
      'Content-Type': parts.telemetry.contentType,
    });
  });
}
