import { parseArgs } from 'node:util';

const COUNTS = {
  rate: 500,
  'high-rate': 1000,
  seconds: 30,
  'throughput-seconds': 10,
  'warm-up-seconds': 10,
  rounds: 2,
  vus: 32,
  sockets: 20,
  baskets: 75_000,
  seed: 1,
};

/** The runner's options, checked. Defaults are those of the figures in README.md. */
export function readFlags() {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      ...Object.fromEntries(Object.keys(COUNTS).map((name) => [name, { type: 'string' }])),
      model: { type: 'string', default: 'demo' },
      pin: { type: 'boolean', default: true },
      redis: { type: 'boolean', default: true },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const count = (name) => {
    const value = values[name] === undefined ? COUNTS[name] : Number(values[name]);
    if (Number.isInteger(value) && value > 0 && value <= 1e6) return value;
    throw new Error(`--${name}: wanted a whole number from 1 to 1000000; got '${values[name]}'`);
  };
  return {
    rate: count('rate'),
    highRate: count('high-rate'),
    seconds: count('seconds'),
    throughputSeconds: count('throughput-seconds'),
    warmUpSeconds: count('warm-up-seconds'),
    rounds: count('rounds'),
    vus: count('vus'),
    sockets: count('sockets'),
    baskets: count('baskets'),
    seed: count('seed'),
    model: values.model,
    pin: values.pin,
    redis: values.redis,
    dryRun: values['dry-run'],
  };
}
