import { UsageError } from './usage-error.ts';

/** The order of day and month given as an option. @throws UsageError */
export function parseDateOrder(order: string | undefined): 'dmy' | 'mdy' | undefined {
  if (order === undefined || order === 'dmy' || order === 'mdy') return order;
  throw new UsageError(`--date-order: wanted dmy or mdy; got '${order}'.`);
}
