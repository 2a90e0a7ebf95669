/** A command line that cannot be carried out as it stands: what was wanted, what came, what to do next. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A whole number given as an option. @throws UsageError */
export function wholeNumber(option: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= low && value <= high) return value;
  throw new UsageError(`${option}: wanted a whole number from ${low} to ${high}; got '${text}'.`);
}
