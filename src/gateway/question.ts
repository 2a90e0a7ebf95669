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
