import { z } from 'zod';
import { isScope, isTenantName, SCOPES, type Scope } from '../gateway/access.ts';
import { DAY_MS } from '../ledger/instant.ts';
import type { KeyRecord } from '../ledger/key-store.ts';
import { UsageError } from './usage-error.ts';

/** Options of `keys create` as they were typed. */
export interface KeyFlags {
  readonly scope: string;
  readonly tenant: string;
  readonly store?: string;
  readonly agent?: string;
  readonly label: string;
  readonly expires?: string;
}

const LABEL_CHARACTERS_MAX = 100;
const STORES_MAX = 1000;
const ID = /^\P{Cc}{1,128}$/u;

/** @throws UsageError */
export function readKeyFlags(
  { scope, tenant, store, agent, label, expires }: KeyFlags,
  nowMs: number,
): Omit<KeyRecord, 'id' | 'digest' | 'createdAtMs'> {
  if (!/^\P{Cc}*$/u.test(label) || label.length > LABEL_CHARACTERS_MAX) {
    throw new UsageError(
      `--label: wanted at most ${LABEL_CHARACTERS_MAX} characters, none of them a control character; got ${label.length}.`,
    );
  }
  return {
    scope: readScope(scope),
    tenant: readTenant(tenant),
    label,
    ...(store !== undefined && { stores: readStores(store) }),
    ...(agent !== undefined && { agentId: readAgent(agent) }),
    ...(expires !== undefined && { expiresAtMs: readExpiry(expires, nowMs) }),
  };
}

/** @throws UsageError */
export function readTenant(text: string): string {
  if (isTenantName(text)) return text;
  throw new UsageError(
    `--tenant: wanted a name of small letters, digits and dashes, 63 at most; got '${text}'.`,
  );
}

function readScope(text: string): Scope {
  if (isScope(text)) return text;
  throw new UsageError(`--scope: wanted one of ${SCOPES.join(', ')}; got '${text}'.`);
}

function readAgent(text: string): string {
  if (ID.test(text)) return text;
  throw new UsageError(`--agent: wanted the id of an agent as events name it; got '${text.slice(0, 100)}'.`);
}

function readStores(text: string): string[] {
  const ids = [...new Set(text.split(',').map((id) => id.trim()))];
  const isGood = ids.every((id) => ID.test(id)) && ids.length <= STORES_MAX;
  if (isGood) return ids;
  throw new UsageError(
    `--store: wanted up to ${STORES_MAX} ids of stores, separated by commas; got '${text.slice(0, 100)}'.`,
  );
}

/** A date alone means the whole of that day. */
function readExpiry(text: string, nowMs: number): number {
  const isDay = z.iso.date().safeParse(text).success;
  const isTime = z.iso.datetime({ offset: true }).safeParse(text).success;
  const atMs = isDay ? Date.parse(`${text}T00:00:00Z`) + DAY_MS : isTime ? Date.parse(text) : 0;
  if (atMs > nowMs) return atMs;
  throw new UsageError(
    `--expires: wanted a day such as 2027-01-31 or a time as RFC 3339, not in the past; got '${text}'.`,
  );
}
