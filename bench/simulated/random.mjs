/** Uniform numbers in [0, 1) by Chris Doty-Humphrey's sfc32: 128 bits of state, so runs of different seeds never meet. */
export function seededRandom(...seed) {
  let [a, b, c, d] = [seed[0] | 0, seed[1] | 0, seed[2] | 0, 1];
  const next = () => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let i = 0; i < 20; i++) next();
  return next;
}

/** A standard normal number, by Box and Muller. */
export function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
