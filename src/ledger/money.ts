/** Why an amount is not valid in its currency; `refused` says what was wanted and what came. */
export interface MoneyRefusal {
  readonly refused: string;
}

/** ISO 4217 currencies whose smallest unit is not a hundredth, by its decimals. */
const CURRENCIES = new Map([
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
]);
const DIGITS = new Map(
  [...CURRENCIES].flatMap(([digits, names]) => names.split(' ').map((name) => [name, digits] as const)),
);
const DIGITS_DEFAULT = 2;

/** Up to here a double holds every amount of minor units and its product with 10⁴ to well under half a unit. */
export const MINOR_UNITS_MAX = 1e15;

/** Largest trace of binary arithmetic, in major units, that an amount may carry: 0.1 + 0.2 is 0.3. */
const NOISE_MAX = 1e-9;

/** Decimals of the currency's smallest unit; 2 for a currency not listed. */
export function currencyDigits(currency: string): number {
  return DIGITS.get(currency) ?? DIGITS_DEFAULT;
}

/**
 * A decimal amount as an integer of the currency's smallest units: 3.5 EUR is 350, 3.5 KWD is 3500. Never rounds away
 * what was meant: more decimals than the currency has, beyond binary noise, are refused.
 */
export function toMinorUnits(amount: number, currency: string): number | MoneyRefusal {
  if (!/^[A-Z]{3}$/.test(currency)) {
    return { refused: `wanted an ISO 4217 currency such as EUR, got ${JSON.stringify(currency)}` };
  }
  if (!Number.isFinite(amount)) return { refused: `wanted an amount of ${currency}, got ${amount}` };
  const digits = currencyDigits(currency);
  const minor = Math.round(amount * 10 ** digits);
  if (Math.abs(minor) > MINOR_UNITS_MAX) {
    return { refused: `wanted at most ${MINOR_UNITS_MAX / 10 ** digits} ${currency}, got ${amount}` };
  }
  if (Math.abs(amount - minor / 10 ** digits) > NOISE_MAX) {
    return { refused: `wanted at most ${digits} decimals for ${currency}, got ${amount}` };
  }
  // Turns -0, which a negative trace of zero rounds to, into 0.
  return minor + 0;
}

/** The decimal number nearest to `minor` smallest units of the currency: 350 EUR is 3.5. */
export function fromMinorUnits(minor: number, currency: string): number {
  return minor / 10 ** currencyDigits(currency);
}
