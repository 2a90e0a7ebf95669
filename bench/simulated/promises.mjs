/** What a 95 % interval and its estimate promise: how often it covers the truth, and the bias over the estimate's spread. */
const COVERAGE = { low: 0.93, high: 0.97 };
const BIAS_MAX = 0.1;

/** What of it is not kept, in words that begin with `interval` or `estimate`. */
export function brokenPromises({ interval, estimate }, coverage, biasOverSpread) {
  const failures = [];
  if (coverage < COVERAGE.low || coverage > COVERAGE.high)
    failures.push(`${interval} covers ${percent(coverage, 1)}, wanted 93 to 97 %`);
  if (Math.abs(biasOverSpread) > BIAS_MAX)
    failures.push(`${estimate} off by ${signed(biasOverSpread)} of its spread, wanted at most ${BIAS_MAX}`);
  return failures;
}

export function verdictText(failures) {
  if (failures.length === 0) return 'Every promise is kept.';
  return ['Promises missed:', '', ...failures.map((failure) => `- ${failure}`)].join('\n');
}

export function percent(share, digits) {
  return `${(share * 100).toFixed(digits)} %`;
}

/** +0.123, with a true minus */
export function signed(value) {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
