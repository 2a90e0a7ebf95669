import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationReport } from '../../src/training/report/evaluation-report.ts';
import { runCli } from '../support/cli-run.ts';
import { plantedBaskets, shuffledBaskets } from '../support/receipts-builder.ts';

const HOUR_MS = 3_600_000;
const baskets = plantedBaskets({ baskets: 900, products: 15, pairs: 5, seed: 1 });

function receiptsCsv(rows: readonly (readonly string[])[], firstMs: number): string {
  const lines = rows.flatMap((items, basket) => {
    const at = new Date(firstMs + basket * HOUR_MS).toISOString();
    return items.map((id) => `r${basket},${id},${at},"<b>Main & sons</b> ${basket % 2}"`);
  });
  return ['Till,Artikel,sold_at,store_id', ...lines, ''].join('\n');
}

const firstMs = Date.UTC(2026, 0, 1);
const learned = baskets.slice(0, 600);
const later = baskets.slice(600);
const columns = ['--columns', 'basket=Till,product=Artikel'];

let cwd: string;
const cli = (...args: string[]) => runCli(args, { cwd });
const evaluate = (version: string, file: string, ...more: string[]) =>
  cli('evaluate', version, '--receipts', file, ...columns, ...more);

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'cli-evaluate-'));
  writeFileSync(join(cwd, 'learned.csv'), receiptsCsv(learned, firstMs));
  writeFileSync(join(cwd, 'later.csv'), receiptsCsv(later, firstMs + 600 * HOUR_MS));
  writeFileSync(join(cwd, 'blind.csv'), receiptsCsv(shuffledBaskets(learned, 3), firstMs));
  writeFileSync(join(cwd, 'foreign.csv'), 'basket_id,product_id\n1,x\n1,y\n');
  const train = (file: string, version: string, ...more: string[]) =>
    cli('train', file, '--version', version, '--threads', '1', ...columns, ...more);
  for (const trained of [
    await train('learned.csv', 'v1'),
    await train('learned.csv', 'held', '--hold-test-out'),
    await train('blind.csv', 'blind'),
  ])
    if (trained.code !== 0) throw new Error(trained.stderr);
}, 120_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('evaluate on receipts', () => {
  it('newer than those learned from prints figures, cuts and the time of a ranking, and warns of nothing', async () => {
    const { code, stdout, stderr } = await evaluate('v1', 'later.csv', '--share', '1');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^# Evaluation of v1\n/);
    expect(stdout).toMatch(/\| receipts \| .*later\.csv: all [0-9]+ baskets, 2026-01-/);
    expect(stdout).toMatch(/\| unseen \| yes \|/);
    expect(stdout).toMatch(/\| one ranking \| p50 \d+ µs, p99 \d+ µs/);
    expect(stdout).toMatch(/\| by store \|.*\n.*\n\| <b>Main & sons<\/b> \d \|/);
    expect(stderr).toContain('product_id=Artikel');
    expect(stderr).not.toMatch(/UNSEEN|SEEN/);
  });

  it('it learned from says so loudly, on both streams, and not of the newest tenth it held out', async () => {
    const seen = await evaluate('v1', 'learned.csv');
    expect(seen.code).toBe(0);
    for (const text of [seen.stdout, seen.stderr])
      expect(text).toContain('NOT UNSEEN: v1 has learned from these very receipts');
    const held = await evaluate('held', 'learned.csv', '--json');
    const { asked, evaluation } = JSON.parse(held.stdout) as EvaluationReport;
    expect(asked!.warnings).toEqual([]);
    const published = JSON.parse((await cli('evaluate', 'held', '--json')).stdout);
    expect(evaluation.ours).toEqual(published.ours);
  });

  it('gives the same JSON for the same seed but for the time of a ranking', async () => {
    const runs = [await evaluate('v1', 'later.csv', '--json'), await evaluate('v1', 'later.csv', '--json')];
    const [one, two] = runs.map(({ stdout }) => ({ ...JSON.parse(stdout), latency: null }));
    expect(two).toEqual(one);
    const other = await evaluate('v1', 'later.csv', '--seed', '9', '--json');
    expect(JSON.parse(other.stdout).evaluation.seed).toBe(9);
  });

  it('with no known product exit with 1 and say what was wanted', async () => {
    const { code, stdout, stderr } = await cli('evaluate', 'v1', '--receipts', 'foreign.csv', '--share', '1');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/wanted some with at least two products that v1 knows/);
  });
});

describe('evaluate --against', () => {
  it('exits 1 when the new version is worse beyond its interval, after printing both', async () => {
    const { code, stdout, stderr } = await evaluate('blind', 'later.csv', '--share', '1', '--against', 'v1');
    expect(code).toBe(1);
    expect(stdout).toMatch(/\| blind \|.*\n\| v1 \|/);
    expect(stdout).toMatch(/blind − v1: NDCG@10 −0\.\d+ \(−0\.\d+, −0\.\d+\)/);
    expect(stdout).toContain('**blind is WORSE than v1 beyond the interval.**');
    expect(stderr).toContain('blind is worse than v1 beyond the interval');
  });

  it('exits 0 when it is better or cannot be told apart', async () => {
    const better = await evaluate('v1', 'later.csv', '--share', '1', '--against', 'blind', '--json');
    expect(better.code).toBe(0);
    expect(JSON.parse(better.stdout).comparison).toMatchObject({ isWorse: false });
    const same = await evaluate('v1', 'later.csv', '--against', 'v1');
    expect(same.code).toBe(0);
    expect(same.stdout).toContain('**v1 cannot be told from v1.**');
  });
});

it('evaluate --controls trains on shuffled baskets and states that all lift is lost', async () => {
  const { code, stdout, stderr } = await evaluate('v1', 'later.csv', '--controls');
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('## Negative control');
  expect(stdout).toContain('all lift over popularity is lost, as it must be');
});

it('evaluate --html writes one page, of the stored evaluation or of receipts, with every name as text', async () => {
  expect((await cli('evaluate', 'v1', '--html', 'stored.html')).stdout).toMatch(/^# Model card: v1/);
  const { code, stderr } = await evaluate('v1', 'later.csv', '--html', 'later.html');
  expect(code).toBe(0);
  expect(stderr).toContain('The page is later.html');
  for (const name of ['stored.html', 'later.html']) {
    const page = readFileSync(join(cwd, name), 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('&lt;b&gt;Main &amp; sons&lt;/b&gt; 0');
    expect(page).not.toContain('<b>');
  }
});
