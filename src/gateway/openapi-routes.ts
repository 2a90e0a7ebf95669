import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { openApiDocument } from './openapi/openapi-document.ts';

/** The description of the interface; the page /docs shows it. It contains no data and needs no key. */
export function addOpenApiRoutes(app: GatewayApp, { codeVersion }: Pick<GatewayParts, 'codeVersion'>): void {
  let text: string | undefined;
  app.get('/openapi.json', (context) => {
    text ??= JSON.stringify(openApiDocument(codeVersion));
    return context.body(text, 200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' });
  });
}
