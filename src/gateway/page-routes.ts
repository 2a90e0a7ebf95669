import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { GatewayApp, GatewayEnv } from './gateway-app.ts';

/** A file of the screens, in memory. */
export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

/** Pages by the path they are asked for; they contain no data and need no key. */
export const PAGES = {
  '/': '/index.html',
  '/till': '/till.html',
  '/agent': '/agent.html',
  '/practice': '/practice.html',
  '/manager': '/manager.html',
  '/analyst': '/analyst.html',
  '/docs': '/docs.html',
} as const;

const secure = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
  },
  xFrameOptions: 'DENY',
  // Left to whoever terminates TLS in front of the gateway, for all that is served under the name.
  strictTransportSecurity: false,
  // Covered by the policy above, or for browsers that no longer exist.
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
});

export function addPageRoutes(app: GatewayApp, pages: ReadonlyMap<string, PageFile>): void {
  const serve =
    (path: string, cacheControl: string): MiddlewareHandler<GatewayEnv> =>
    async (context, next) => {
      const file = pages.get(path);
      if (!file) return next();
      return context.body(file.bytes, 200, {
        'Content-Type': file.contentType,
        'Cache-Control': cacheControl,
      });
    };
  for (const [path, file] of Object.entries(PAGES)) app.get(path, secure, serve(file, 'no-cache'));
  for (const path of pages.keys()) {
    // Names under /assets carry a hash of their content.
    app.get(
      path,
      secure,
      serve(path, path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
    );
  }
}
