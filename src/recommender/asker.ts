import { NO_CUSTOMER } from './customer-history.ts';
import { NO_HOUR } from './time-of-day.ts';

/** Who asks and when: what a ranking depends on besides the basket and the store. */
export interface Asker {
  /** A number in the model's customers, or NO_CUSTOMER. */
  readonly customer: number;
  /** Hour of the day, 0 to 23, on the store's clock; NO_HOUR where it is not known. */
  readonly hour: number;
}

/** An unknown customer at an unknown time. */
export const UNKNOWN_ASKER: Asker = { customer: NO_CUSTOMER, hour: NO_HOUR };
