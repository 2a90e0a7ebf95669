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

/** Suggestions of an answer when the caller states no limit. */
const LIMITS = { till: 2, call: 3, web: 3 } as const;

/** Suggestions of the answer at most. */
export function limitOf({ limit, channel }: Pick<SuggestionRequest, 'limit' | 'channel'>): number {
  return limit ?? LIMITS[channel];
}
