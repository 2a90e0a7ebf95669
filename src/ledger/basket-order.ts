/**
 * A whole number below 2^53 for a basket id, by which baskets of one moment are put in an order that does not depend on how
 * they were read. Source: cyrb53 (bryc, public domain), a MurmurHash3-like mix of two 32-bit halves.
 */
export function basketOrder(basketId: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < basketId.length; i++) {
    const code = basketId.charCodeAt(i);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (0x1fffff & low) + (high >>> 0);
}
