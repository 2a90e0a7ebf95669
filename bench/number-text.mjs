/** .123 */
export function shortText(value, digits) {
  return value.toFixed(digits).replace(/^0/, '');
}

/** +.123, with a true minus */
export function signedText(value, digits) {
  return `${value < 0 ? '−' : '+'}${shortText(Math.abs(value), digits)}`;
}
