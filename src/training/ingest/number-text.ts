/** How a column writes numbers, as far as its values tell. */
export type DecimalMark = 'point' | 'comma' | 'contradictory';

/** Larger amounts are mistakes, and would not survive the fingerprint's whole millionths. */
const LARGEST = 1e12;

/** Thousands never begin with a zero: 0,250 is a quarter. */
const WITH_POINT = /^-?(?:\d+|[1-9]\d{0,2}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][-+]?\d+)?$/;
const WITH_COMMA = /^-?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)?(?:,\d*)?(?:[eE][-+]?\d+)?$/;
/** One mark, and three digits behind it: 1,234 is a thousand in one place and a little more than one in another. */
const AMBIGUOUS = /^-?[1-9]\d{0,2}[.,]\d{3}$/;
const PLAIN = /^-?\d+$/;

/** Words that exports write where a value is missing, in any case. */
export const WORDS_FOR_MISSING: readonly string[] = ['null', 'nan', 'n/a', 'na', 'none', '\\n'];

export function isBlank(text: string): boolean {
  return text === '' || WORDS_FOR_MISSING.includes(text.toLowerCase());
}

const CODES = `(?:${Intl.supportedValuesOf('currency').join('|')})`;
const CURRENCY = new RegExp(`\\p{Sc}|(?<=^[-+(]?)${CODES}|${CODES}(?=[-)]?$)`, 'giu');
/** A price without cents: 3,- and 3.--. */
const NO_CENTS = /(?<=\d[.,])[-\u2013\u2014]{1,2}$/;
/** (3.00) and 3.00- are less than nothing, as bookkeeping writes it. */
const NEGATIVE = /^(?:\((.+)\)|(.+)-)$/;

/** Without blanks, currency and leading plus, with cents, and with the minus in front. */
function bare(text: string): string {
  return text
    .replace(/[\s'’]/g, '')
    .replace('\u2212', '-')
    .replace(CURRENCY, '')
    .replace(NO_CENTS, '00')
    .replace(NEGATIVE, '-$1$2')
    .replace(/^\+/, '');
}

/**
 * The decimal mark that a column's values show: any value that can be read in one way only is evidence. `fallback`
 * is the answer when none is, and `contradictory` when both are.
 */
export function decimalMark(texts: Iterable<string>, fallback: DecimalMark): DecimalMark {
  let point = false;
  let comma = false;
  for (const text of texts) {
    const number = bare(text);
    if (PLAIN.test(number) || AMBIGUOUS.test(number)) continue;
    if (WITH_POINT.test(number)) point = true;
    else if (WITH_COMMA.test(number)) comma = true;
  }
  if (point && comma) return 'contradictory';
  if (point) return 'point';
  return comma ? 'comma' : fallback;
}

/**
 * The number a text states, undefined where it is none. A text that can be read in one way only is read that way
 * whatever the mark; 1,234 and 1.234 follow the mark, and are no number where the column contradicts itself.
 */
export function parseNumber(text: string, mark: DecimalMark): number | undefined {
  const number = bare(text);
  if (!/\d/.test(number)) return undefined;
  if (AMBIGUOUS.test(number)) {
    if (mark === 'contradictory') return undefined;
    return mark === 'point' ? fromPoint(number) : fromComma(number);
  }
  if (WITH_POINT.test(number)) return fromPoint(number);
  return WITH_COMMA.test(number) ? fromComma(number) : undefined;
}

function fromPoint(number: string): number | undefined {
  return withinReason(Number(number.replaceAll(',', '')));
}

function fromComma(number: string): number | undefined {
  return withinReason(Number(number.replaceAll('.', '').replace(',', '.')));
}

function withinReason(value: number): number | undefined {
  return Number.isFinite(value) && Math.abs(value) <= LARGEST ? value : undefined;
}
