/** Who asks, by the scope of the key. */
export type Scope = 'terminal' | 'agent' | 'analyst' | 'manager' | 'admin';

export interface Access {
  readonly tenant: string;
  readonly scope: Scope;
}

/** Everybody who reaches a gateway without keys: it listens on loopback only, so whoever asks is on the machine. */
export const EMBEDDED_ACCESS: Access = { tenant: 'default', scope: 'admin' };

/** Margin, cost and stock are for staff, never for a terminal that customers look at. */
export function maySeeMoney({ scope }: Access): boolean {
  return scope !== 'terminal';
}

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
