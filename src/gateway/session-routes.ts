import { deleteCookie, setCookie } from 'hono/cookie';
import { SESSION_COOKIE } from './admission.ts';
import { SESSION_MS } from './gatekeeper.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { Problem } from './problem.ts';

/** Pages log in once with a key and then use a cookie, which no script can read, instead of the key. */
export function addSessionRoutes(app: GatewayApp, { gatekeeper }: Pick<GatewayParts, 'gatekeeper'>): void {
  app.post('/v1/session', async (context) => {
    const { keyId, session, scope, tenant } = context.get('access');
    if (keyId === undefined || session !== undefined) {
      throw new Problem(
        'unauthorized',
        'Wanted a key in Authorization: Bearer KEY to log in with; got none.',
      );
    }
    const token = await gatekeeper.openSession(keyId);
    const { protocol } = new URL(context.req.url);
    setCookie(context, SESSION_COOKIE, token, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: SESSION_MS / 1000,
      // Behind a proxy only the proxy knows the protocol; over plain HTTP browsers would not keep a Secure cookie.
      secure: protocol === 'https:' || context.req.header('x-forwarded-proto') === 'https',
    });
    return context.json({ scope, tenant });
  });

  app.get('/v1/session', (context) => {
    const { scope, tenant, keyId, session, stores } = context.get('access');
    return context.json({
      scope,
      tenant,
      keyId: keyId ?? null,
      isLoggedIn: session !== undefined,
      stores: stores === undefined ? null : [...stores],
    });
  });

  app.delete('/v1/session', async (context) => {
    await gatekeeper.endSession(context.get('access'));
    deleteCookie(context, SESSION_COOKIE, { path: '/' });
    return context.json({ isLoggedIn: false });
  });
}
