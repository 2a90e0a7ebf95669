import { Problem } from './problem.ts';

/** What keys may do, least first: each scope may do all that those before it may. */
export const SCOPES = ['terminal', 'agent', 'analyst', 'manager', 'admin'] as const;

export type Scope = (typeof SCOPES)[number];

/** Who asks, and what the key lets them see. */
export interface Access {
  readonly tenant: string;
  readonly scope: Scope;
  /** Stores that may be named; every store when absent. */
  readonly stores?: ReadonlySet<string>;
  /** The agent whose key it is, if it is an agent's. */
  readonly agentId?: string;
  /** Absent in a gateway without keys. */
  readonly keyId?: string;
  /** [32] Digest of the cookie, where a page is logged in by one. */
  readonly session?: Uint8Array;
}

/** Whether a text can name a tenant. */
export function isTenantName(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,62}$/.test(text);
}

/** The tenant of a gateway without keys. */
export const DEFAULT_TENANT = 'default';

/** The access of everybody who reaches a gateway without keys: it listens on loopback only, so whoever asks is on the machine. */
export const EMBEDDED_ACCESS: Access = { tenant: DEFAULT_TENANT, scope: 'admin' };

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

export function hasScope({ scope }: Access, least: Scope): boolean {
  return SCOPES.indexOf(scope) >= SCOPES.indexOf(least);
}

/** Margin, cost and stock are for staff, never for a terminal that customers look at. */
export function maySeeMoney(access: Access): boolean {
  return hasScope(access, 'agent');
}

/** Whether the key may name the store; a request without one names none. */
export function mayNameStore({ stores }: Access, storeId: string | undefined): boolean {
  return stores === undefined || storeId === undefined || stores.has(storeId);
}

/** Throws unless the key may name the store. @throws Problem 'forbidden' */
export function requireStore(access: Access, storeId: string | undefined): void {
  if (mayNameStore(access, storeId)) return;
  const stores = access.stores!;
  const own = [...stores].slice(0, STORES_SHOWN_MAX).join(', ');
  throw new Problem(
    'forbidden',
    `Wanted a store of this key (${own}${stores.size > STORES_SHOWN_MAX ? ', …' : ''}); got '${storeId}'.`,
  );
}

/** Throws unless the key is for the whole tenant. @throws Problem 'forbidden' */
export function requireEveryStore({ stores }: Access, act: string): void {
  if (stores === undefined) return;
  throw new Problem('forbidden', `Wanted a key for every store to ${act}; got one with a list of stores.`);
}

/** The agent of a key. @throws Problem 'forbidden' */
export function requireOwnAgent({ agentId: own }: Access, agentId: string | undefined): string {
  if (own === undefined) {
    throw new Problem(
      'forbidden',
      "Wanted the key of an agent ('keys create --scope agent --agent ID'); got one without an agent.",
    );
  }
  if (agentId !== undefined && agentId !== own) {
    throw new Problem(
      'forbidden',
      `Wanted the figures of agent '${own}', whose key this is; got '${agentId}'.`,
    );
  }
  return own;
}

const STORES_SHOWN_MAX = 10;

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether an address is this machine's own, so that a gateway without keys may listen on it. */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_NAMES.has(host) || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Whether a `Host` header names this machine itself. A page on another site can point its own name at 127.0.0.1; the
 * header then still carries that name.
 */
export function isLoopbackName(hostHeader: string | undefined): boolean {
  if (hostHeader === undefined) return false;
  return isLoopbackHost(hostHeader.replace(/:\d+$/, '').toLowerCase());
}

/** Whether a socket's `Origin`, if a browser sent one, is the gateway's own page. */
export function isOwnOrigin(origin: string | undefined, hostHeader: string | undefined): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === hostHeader?.toLowerCase();
}

/**
 * Whether a browser's request comes from a page of the gateway itself: a cookie alone proves only which browser it is.
 * Browsers send Sec-Fetch-Site where the page has a trustworthy origin, and Origin with every request that can change
 * something.
 */
export function isOwnPage(headers: {
  readonly site: string | undefined;
  readonly origin: string | undefined;
  readonly host: string | undefined;
}): boolean {
  if (headers.site !== undefined && headers.site !== 'same-origin') return false;
  return headers.origin === undefined
    ? headers.site !== undefined
    : isOwnOrigin(headers.origin, headers.host);
}
