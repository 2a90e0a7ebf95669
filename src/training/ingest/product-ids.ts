import { productKey, tidyId } from '../product-spelling.ts';
import { isBlank } from './number-text.ts';
import { isRounded, ROUNDED_ID } from './rounded-ids.ts';

/**
 * Lines that are no product in files whose product codes are numbered: postage, fees, manual entries, samples,
 * vouchers. Found in UCI Online Retail and its second part.
 */
const SERVICE_CODES =
  /^(?:POST|DOT|C2|C3|D|M|S|B|U|PADS|CRUK|CARRIAGE|BANK CHARGES|AMAZONFEE|ADJUST2?|SAMPLES|GIFT|GIFT_\d+_\d+|TEST\d*)$/i;
/** A code this short without any digit is no product among numbered codes; longer ones (DCGSSBOY) may be. */
const LETTERS_ONLY_MAX = 4;
/** A code with a number in it; "1l Milk" and "7 Up" are names. */
const NUMBERED = /^(?=.*\d)\S+$/;
/** Share of the distinct ids that must be such codes for the rule to hold. */
const NUMBERED_SHARE = 0.9;

export type ProductVerdict = 'service-code' | 'no-item' | typeof ROUNDED_ID | undefined;

/**
 * The spelling under which each product goes: of ids with the same key the commonest, then the first by code unit.
 * `counts` is lines by id as written; the answer has the same keys.
 */
export function canonicalIds(counts: ReadonlyMap<string, number>): Map<string, string> {
  const spellings = new Map<string, Map<string, number>>();
  for (const [written, count] of counts) {
    const tidy = tidyId(written);
    const key = productKey(written);
    const bySpelling = spellings.get(key) ?? new Map<string, number>();
    bySpelling.set(tidy, (bySpelling.get(tidy) ?? 0) + count);
    spellings.set(key, bySpelling);
  }
  const chosen = new Map<string, string>();
  for (const [key, bySpelling] of spellings) {
    const ranked = [...bySpelling].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    chosen.set(key, ranked[0]![0]);
  }
  return new Map([...counts.keys()].map((written) => [written, chosen.get(productKey(written))!]));
}

/** What a product id is, as far as the files tell. */
export interface ProductIdFacts {
  /** The column of ids is the one of names: a short one is no code. */
  readonly areNames: boolean;
  /** A regular expression over the whole id, which replaces the rule of our own. */
  readonly serviceCodes?: RegExp | undefined;
}

/**
 * Which products are none, or cannot be told. The rule of our own: where at least nine ids in ten are numbered codes, the listed service
 * codes and ids of up to four letters.
 */
export function judgeProducts(
  ids: Iterable<string>,
  { areNames, serviceCodes }: ProductIdFacts,
): (id: string) => ProductVerdict {
  const distinct = [...new Set(ids)];
  const numbered = distinct.filter((id) => NUMBERED.test(id)).length;
  const areNumbered = !areNames && numbered >= NUMBERED_SHARE * distinct.length;
  const isService = (id: string) =>
    serviceCodes !== undefined
      ? serviceCodes.test(id)
      : areNumbered && (SERVICE_CODES.test(id) || (id.length <= LETTERS_ONLY_MAX && /^\p{L}+$/u.test(id)));
  return (id) => {
    if (isBlank(id)) return 'no-item';
    if (isRounded(id)) return ROUNDED_ID;
    return isService(id) ? 'service-code' : undefined;
  };
}
