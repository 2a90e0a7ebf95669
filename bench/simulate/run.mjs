import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { frontierPicture } from '../../dist/commands/frontier-page.js';
import { describeMachine } from '../machine.mjs';
import { writeResult } from '../result-files.mjs';
import { frontierTables } from './frontier-tables.mjs';

/** Worlds that differ in how much less a dearer offer is taken: 1 takes from value all that a higher price gives it. */
const WORLDS = [
  {
    title: 'Dear offers hardly taken less (price resistance 0.25)',
    priceResistance: 0.25,
    weights: '0,0.25,0.5,0.75,1',
  },
  { title: 'Twice the price, half the chance (price resistance 1)', priceResistance: 1, weights: '0,0.5,1' },
];

const { values: flags } = parseArgs({
  options: {
    days: { type: 'string', default: '42' },
    baskets: { type: 'string', default: '50' },
    seeds: { type: 'string', default: '6' },
    'dry-run': { type: 'boolean', default: false },
  },
});

const machine = describeMachine();
const worlds = [];
for (const { title, ...world } of WORLDS) {
  worlds.push({ title, frontier: simulate(world) });
  console.error(title);
}
const result = { ...machine, worlds };
console.log(frontierTables(result));
if (!flags['dry-run']) {
  console.log(`\nwritten to ${writeResult('frontier', result)}`);
  const picture = new URL('../results/frontier.svg', import.meta.url);
  writeFileSync(picture, String(frontierPicture(worlds[0].frontier)));
}

/** By the built program, on the shipped model, with no setting but the program's own. */
function simulate({ priceResistance, weights }) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('BASKETLIFT_'));
  const args = ['dist/cli.js', 'simulate', '--compare', `value-weight=${weights}`, '--no-offers', '--json'];
  for (const name of ['days', 'baskets', 'seeds']) args.push(`--${name}`, flags[name]);
  args.push('--model', 'models/demo', '--price-resistance', String(priceResistance));
  const options = { encoding: 'utf8', env: Object.fromEntries(inherited), maxBuffer: 2 ** 26 };
  return JSON.parse(
    execFileSync(process.execPath, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
}
