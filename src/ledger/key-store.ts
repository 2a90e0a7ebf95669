/** A key as it is stored: all but the key itself. Kept unchecked: whoever reads it checks it. */
export interface KeyRecord {
  readonly id: string;
  /** [32] SHA-256 of the key. */
  readonly digest: Uint8Array;
  readonly label: string;
  readonly tenant: string;
  /** A scope of gateway/access.ts; one that this release does not know allows nothing. */
  readonly scope: string;
  /** Stores the key may name; every store when absent. */
  readonly stores?: readonly string[];
  /** The agent whose key it is, if it is an agent's. */
  readonly agentId?: string;
  readonly createdAtMs: number;
  readonly expiresAtMs?: number;
  readonly revokedAtMs?: number;
}

/** A page that is logged in, under the SHA-256 of its cookie. */
export interface KeySession {
  readonly keyId: string;
  readonly expiresAtMs: number;
}

/**
 * The keys and log-ins of one installation. Several processes may share it: what one has written, every other MUST see
 * within a second. Reads MUST be quick enough to be made for every request. Callers MUST NOT change the records.
 */
export interface KeyStore {
  /** Whether a key was created that has not been revoked. */
  hasUnrevoked(): boolean;
  find(id: string): KeyRecord | undefined;
  /** In order of creation. */
  list(): readonly KeyRecord[];
  /** Resolves once on disk; false, with nothing stored, when the id is taken. */
  add(record: KeyRecord): Promise<boolean>;
  /** Revokes a key for ever and resolves with it; undefined when there is none. Revoking it again changes nothing. */
  revoke(id: string, atMs: number): Promise<KeyRecord | undefined>;
  findSession(digest: Uint8Array): KeySession | undefined;
  /** Also forgets sessions that are over, and the tenant's first to end when there are too many. */
  openSession(digest: Uint8Array, session: KeySession, nowMs: number): Promise<void>;
  endSession(digest: Uint8Array): Promise<void>;
}
