import type { Access } from './access.ts';
import type { SuggestionRequest } from './wire.ts';

/** A basket that waits for its answer, and who asks. */
export interface Question {
  readonly request: SuggestionRequest;
  readonly access: Access;
  /** `ticks()` when the request arrived: waiting counts against its budget. */
  readonly arrivedAt: number;
  readonly explain: boolean;
}

/** Most suggestions of an answer when the caller states no limit. */
const LIMITS = { till: 2, call: 3, web: 3 } as const;

/** The customer, if they agreed to be known; without consent a basket has no customer. */
export function knownCustomer({
  customerId,
  consent,
}: Pick<SuggestionRequest, 'customerId' | 'consent'>): string | undefined {
  return consent?.personalise ? customerId : undefined;
}

/** Most suggestions of the answer. */
export function limitOf({ limit, channel }: Pick<SuggestionRequest, 'limit' | 'channel'>): number {
  return limit ?? LIMITS[channel];
}
