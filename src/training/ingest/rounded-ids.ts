/** Why a row is left out whose product id a spreadsheet has rounded. */
export const ROUNDED_ID = 'rounded-product-id';
/** Why a row is left out whose basket id a spreadsheet has rounded. */
export const ROUNDED_BASKET_ID = 'rounded-basket-id';

/** What to do about such rows. */
export const ROUNDED_ID_TODO =
  'export the file again and do not save it from a spreadsheet, or format the column of ids there as a number without decimals first; what is saved as 8.71233E+12 has lost its digits';

/** Spreadsheets write so what has twelve digits and more. */
const SCIENTIFIC = /^\d(?:[.,](\d*))?E\+(\d{2})$/i;
const EXPONENT_MIN = 11;

/**
 * Whether an id, or one of those that it is joined of (s1|8.71233E+12), is a number that a spreadsheet has rounded, such as the EAN
 * 8712330001234 saved as 8.71233E+12. Different products may share it, and it is what no till scans and no catalogue states; so may different
 * receipts. A model that learned from it would join products that have nothing to do with each other and suggest what nobody can sell,
 * so such rows are rejected rather than kept with a warning. A number written with all its digits (8.712330001234E+12) tells products apart
 * and is none.
 */
export function isRounded(id: string): boolean {
  return id.split('|').some((part) => {
    const match = SCIENTIFIC.exec(part);
    if (match === null) return false;
    const exponent = Number(match[2]);
    return exponent >= EXPONENT_MIN && (match[1] ?? '').length < exponent;
  });
}

/** What is said of rows left out for such ids, by the counts of what was; nothing where there are none. */
export function roundedIdNotices(dropped: Readonly<Record<string, number>>): string[] {
  return [
    { reason: ROUNDED_ID, what: 'product', whats: 'products' },
    { reason: ROUNDED_BASKET_ID, what: 'basket', whats: 'receipts' },
  ].flatMap(({ reason, what, whats }) =>
    dropped[reason] === undefined
      ? []
      : [
          `rows whose ${what} id is a number that a spreadsheet has rounded: ${dropped[reason]}; different ${whats} may share it, so they are left out; ${ROUNDED_ID_TODO}`,
        ],
  );
}

/** What is said of so many rows that lose a rounded number which others may share (`rows whose customer id`); nothing where there are none. */
export function keptWithoutNotices(rows: string, count: number): string[] {
  if (count === 0) return [];
  return [
    `${rows} is a number that a spreadsheet has rounded: ${count}; they are kept without it; ${ROUNDED_ID_TODO}`,
  ];
}
