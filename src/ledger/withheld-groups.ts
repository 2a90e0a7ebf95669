/** With fewer customers than this, only the size of a group is stated. */
export const GROUP_CUSTOMERS_MIN = 5;

/**
 * Which groups of a whole state only their size: those with fewer than GROUP_CUSTOMERS_MIN customers. Where these have fewer together, the
 * next smallest too, because the difference from the whole would reveal theirs.
 *
 * @param customers of each group @returns for each group
 */
export function withheldGroups(customers: readonly number[]): boolean[] {
  const withheld = customers.map((count) => count > 0 && count < GROUP_CUSTOMERS_MIN);
  const hidden = customers.reduce((sum, count, at) => sum + (withheld[at] ? count : 0), 0);
  if (hidden === 0 || hidden >= GROUP_CUSTOMERS_MIN) return withheld;
  let next = -1;
  for (const [at, count] of customers.entries()) {
    if (count >= GROUP_CUSTOMERS_MIN && (next < 0 || count < customers[next]!)) next = at;
  }
  if (next >= 0) withheld[next] = true;
  return withheld;
}
