import type { DateOrder } from '../training/ingest/date-text.ts';
import { UsageError } from './usage-error.ts';

/** The order of day, month and year given as an option. @throws UsageError */
export function parseDateOrder(order: string | undefined): DateOrder | undefined {
  if (order === undefined || order === 'dmy' || order === 'mdy' || order === 'ymd') return order;
  throw new UsageError(`--date-order: wanted dmy, mdy or ymd; got '${order}'.`);
}
