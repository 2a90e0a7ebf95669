/** What became of a candidate; the place in the list is its code in typed arrays. */
export const VERDICTS = [
  'suggested',
  'outranked',
  'in-basket',
  'substitute',
  'declined',
  'not-in-assortment',
  'out-of-stock',
  'protected',
  'age-limit',
  'excluded',
  'below-threshold',
] as const;

export type Verdict = (typeof VERDICTS)[number];

const CODES = new Map<Verdict, number>(VERDICTS.map((verdict, code) => [verdict, code]));

export function verdictCode(verdict: Verdict): number {
  return CODES.get(verdict)!;
}
