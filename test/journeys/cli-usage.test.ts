import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI, runCli } from '../support/cli-run.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'cli-usage-'));
  writeFileSync(join(cwd, 'receipts.csv'), 'basket_id,product_id\n1,a\n1,b\n');
  writeFileSync(join(cwd, 'wrong.csv'), 'till,article,when\n1,a,2026-01-01\n');
  writeFileSync(join(cwd, 'empty.csv'), '');
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const commands = [
  'serve',
  'train',
  'evaluate',
  'models',
  'models list',
  'models show',
  'models verify',
  'models promote',
  'models rollback',
  'ask',
  'keys',
  'keys create',
  'keys list',
  'keys revoke',
  'simulate',
  'erase',
  'backup',
  'export',
  'doctor',
];

describe('help', () => {
  it.each(commands)('of %s has an example, on stdout, with exit 0', async (command) => {
    const { code, stdout, stderr } = await runCli([...command.split(' '), '--help'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`Example:\\n +basketlift ${command}`));
  });

  it('of the whole names every command; --version prints the version', async () => {
    const { code, stdout } = await runCli(['--help'], { cwd });
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toContain(command.split(' ')[0]);
    expect((await runCli(['--version'], { cwd })).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('that nobody reads to the end is not a failure', () => {
    const piped = `"$0" "$1" help train | head -n 0; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', piped, process.execPath, CLI], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
  });
});

describe('wrong usage exits 2, says what was wanted, and prints nothing on stdout', () => {
  it.each<[string, string[], RegExp]>([
    ['no command', [], /Usage: basketlift/],
    ['an unknown command', ['sell'], /unknown command 'sell'/],
    ['an unknown option', ['train', 'receipts.csv', '--colour', 'red'], /unknown option '--colour'/],
    ['models without saying what', ['models'], /Usage: basketlift models/],
    ['an unknown models command', ['models', 'burn'], /unknown command 'burn'/],
    ['train without receipts', ['train'], /missing required argument 'receipts'/],
    [
      'columns that are no pairs',
      ['train', 'receipts.csv', '--columns', 'product'],
      /--columns: wanted ours=yours.*got 'product'/,
    ],
    ['columns without a name', ['train', 'receipts.csv', '--columns', 'product='], /--columns: wanted/],
    [
      'a seed that is no number',
      ['train', 'receipts.csv', '--seed', 'x'],
      /--seed: wanted a whole number.*got 'x'/,
    ],
    ['a negative seed', ['train', 'receipts.csv', '--seed', '-1'], /--seed: wanted a whole number/],
    [
      'an effort of no kind',
      ['train', 'receipts.csv', '--effort', 'some'],
      /--effort: wanted quick or full; got 'some'/,
    ],
    ['an empty seed', ['train', 'receipts.csv', '--seed', ''], /--seed: wanted a whole number/],
    ['no threads', ['train', 'receipts.csv', '--threads', '0'], /--threads: wanted a whole number/],
    [
      'a column that we have no name for',
      ['train', 'receipts.csv', '--columns', 'colour=Farbe'],
      /--columns: wanted one of basket_id, product_id, .*got 'colour'/,
    ],
    [
      'a version name that is kept for something else',
      ['train', 'receipts.csv', '--version', 'rejects'],
      /'rejects' cannot name a version: .*none of .*rejects/,
    ],
    [
      'an unknown date order of stock',
      ['serve', '--stock', 'stock.csv', '--date-order', 'ydm'],
      /--date-order: wanted dmy, mdy or ymd; got 'ydm'/,
    ],
    [
      'an unknown date order',
      ['train', 'receipts.csv', '--date-order', 'ydm'],
      /--date-order: wanted dmy, mdy or ymd; got 'ydm'/,
    ],
    [
      'a currency that is none',
      ['train', 'receipts.csv', '--currency', 'euro'],
      /--currency: wanted an ISO 4217 code/,
    ],
    [
      'an expression that is none',
      ['train', 'receipts.csv', '--service-codes', '('],
      /--service-codes: wanted a regular expression/,
    ],
    [
      'a time zone that is none',
      ['train', 'receipts.csv', '--time-zone', 'Mars/Olympus'],
      /--time-zone: wanted a name of the IANA database such as Europe\/Amsterdam; got 'Mars\/Olympus'/,
    ],
    [
      'a version name that leads out',
      ['train', 'receipts.csv', '--version', '../x'],
      /--version: '..\/x' cannot name a version/,
    ],
    [
      'a comparison without receipts to ask about',
      ['evaluate', 'v1', '--against', 'v0', '--controls'],
      /--against, --controls: wanted --receipts as well/,
    ],
    [
      'a page in a folder that is not there',
      ['evaluate', 'v1', '--html', 'nowhere/page.html'],
      /--html: wanted a file in a folder that exists; got 'nowhere\/page\.html'/,
    ],
    ['evaluate without a version', ['evaluate', '--receipts', 'receipts.csv'], /missing required argument/],
    ['ask without a basket', ['ask', 'demo'], /required option '--basket/],
    [
      'a basket of unknown products',
      ['ask', 'demo', '--basket', 'nothing'],
      /--basket: wanted products that demo knows; got nothing/,
    ],
    ['an empty basket', ['ask', 'demo', '--basket', ''], /--basket: wanted products that demo knows/],
    [
      'a limit beyond ten',
      ['ask', 'demo', '--basket', '1', '--limit', '99'],
      /--limit: wanted a whole number from 1 to 10/,
    ],
    ['an empty store', ['ask', 'demo', '--basket', '1', '--store', ''], /storeId/],
    ['a port that is none', ['serve', '--port', 'x'], /--port: wanted a number/],
    ['a port beyond all ports', ['serve', '--port', '70000'], /--port: wanted at most 65535/],
    ['another host without keys', ['serve', '--host', '0.0.0.0'], /--host: wanted a loopback address/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('all invalid variables are named at once', async () => {
    const env = { BASKETLIFT_PORT: 'x', BASKETLIFT_VALUE_WEIGHT: '2', BASKETLIFT_LOG_LEVEL: 'loud' };
    const { code, stderr } = await runCli(['doctor'], { cwd, env });
    expect(code).toBe(2);
    for (const name of Object.keys(env)) expect(stderr).toContain(name);
  });
});

describe('work that cannot be done exits 1 with what came and what to do', () => {
  it.each<[string, string[], RegExp]>([
    [
      'receipts without the needed columns name those they have',
      ['train', 'wrong.csv'],
      /till.*article.*when/,
    ],
    ['an empty file', ['train', 'empty.csv'], /empty\.csv/],
    ['receipts that are not there', ['train', 'nowhere.csv'], /nowhere\.csv/],
    ['a version that is not there', ['models', 'show', 'v9'], /There is no model version at .*v9/],
    ['a version to ask that is not there', ['ask', 'v9', '--basket', 'a'], /There is no model version/],
    ['a version to evaluate that is not there', ['evaluate', 'v9'], /There is no model version/],
    [
      'a version to serve that is not there',
      ['serve', '--port', '0', '--model', 'v9'],
      /There is no model version/,
    ],
    ['nothing to roll back to', ['models', 'rollback', '--models', '.'], /no earlier version/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect(stderr.replaceAll('\n', ' ')).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});
