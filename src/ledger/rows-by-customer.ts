/** Rows of a table of customers, each customer's together. */
export interface RowsByCustomer {
  /** [rows] in the order of customers, then of days */
  readonly rows: Uint32Array;
  /** [largest number + 2] where the rows of each customer begin; the last number is where they end */
  readonly start: Uint32Array;
}

/** @param customer [rows] numbers from 0, without large gaps @param day [rows] mostly in order */
export function rowsByCustomer(customer: Int32Array, day: Int32Array): RowsByCustomer {
  const start = new Uint32Array(customer.reduce((most, number) => Math.max(most, number), 0) + 2);
  for (const number of customer) start[number + 1]!++;
  for (let number = 1; number < start.length; number++) start[number]! += start[number - 1]!;
  const end = start.slice(0, -1);
  const rows = new Uint32Array(customer.length);
  for (let row = 0; row < customer.length; row++) rows[end[customer[row]!]!++] = row;
  for (let number = 0; number + 1 < start.length; number++)
    sortByDay(rows.subarray(start[number]!, start[number + 1]!), day);
  return { rows, start };
}

/** In place. */
function sortByDay(rows: Uint32Array, day: Int32Array): void {
  for (let at = 1; at < rows.length; at++) {
    if (day[rows[at - 1]!]! <= day[rows[at]!]!) continue;
    rows.sort((a, b) => day[a]! - day[b]! || a - b);
    return;
  }
}
