import type { MiddlewareHandler } from 'hono';
import type { GatewayApp, GatewayEnv } from './gateway-app.ts';

/** A file of the screens, in memory. */
export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

/** Pages by the path they are asked for. */
const PAGES = { '/': '/index.html', '/till': '/till.html', '/agent': '/agent.html' } as const;

const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

export function addPageRoutes(app: GatewayApp, pages: ReadonlyMap<string, PageFile>): void {
  const serve =
    (path: string, cacheControl: string): MiddlewareHandler<GatewayEnv> =>
    async (context, next) => {
      const file = pages.get(path);
      if (!file) return next();
      return context.body(file.bytes, 200, {
        ...SECURITY_HEADERS,
        'Content-Type': file.contentType,
        'Cache-Control': cacheControl,
      });
    };
  for (const [path, file] of Object.entries(PAGES)) app.get(path, serve(file, 'no-cache'));
  for (const path of pages.keys()) {
    // Names under /assets carry a hash of their content.
    app.get(
      path,
      serve(path, path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
    );
  }
}
