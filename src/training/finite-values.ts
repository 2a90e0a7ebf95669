/** The values with Infinity replaced by `none`, as JSON cannot hold it. */
export function finiteValues(values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value === Number.POSITIVE_INFINITY ? 'none' : value,
    ]),
  );
}
