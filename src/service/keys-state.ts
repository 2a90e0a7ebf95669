import { isLive } from '../gateway/gatekeeper.ts';
import type { KeyStore } from '../ledger/key-store.ts';

/** How many keys are live, and how many have expired; revoked ones are not counted. */
export interface KeysState {
  readonly live: number;
  readonly expired: number;
}

export function keysState(keys: Pick<KeyStore, 'list'>, nowMs: number): KeysState {
  const unrevoked = keys.list().filter(({ revokedAtMs }) => revokedAtMs === undefined);
  const live = unrevoked.filter((key) => isLive(key, nowMs)).length;
  return { live, expired: unrevoked.length - live };
}

/** For people who start or examine a gateway. */
export function keysInWords({ live, expired }: KeysState): string {
  if (live > 0) return `${live} live; create more with basketlift keys create`;
  if (expired > 0)
    return `0 live, ${expired} expired: nobody is answered; create one with basketlift keys create`;
  return 'none: everybody on this machine may ask, nobody else can; basketlift keys create changes that';
}
