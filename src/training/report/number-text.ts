import type { Interval } from '../metrics.ts';

/** 1,234 */
export function countText(value: number): string {
  return value.toLocaleString('en-US');
}

/** 12.3 % */
export function percentText(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** +0.012, with a true minus */
export function signedText(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

/** +0.012 (+0.004, +0.020) */
export function intervalText({ estimate, low, high }: Interval): string {
  return `${signedText(estimate)} (${signedText(low)}, ${signedText(high)})`;
}
