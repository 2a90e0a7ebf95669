import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SuggestionAnswer } from '../../src/gateway/present-answer.ts';
import { seededRandom } from '../../src/training/random.ts';
import { runCli } from '../support/cli-run.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';

/** A café in New York, open from eight to five: croissants until noon, cake from then on. Times are instants. */
function cafeCsv(baskets: number): string {
  const random = seededRandom(5);
  const rows = Array.from({ length: baskets }, (_, basket) => {
    const local = 8 + (basket % 10);
    // Before the clocks change: five hours behind UTC; sixty baskets a day.
    const at = new Date(Date.UTC(2026, 0, 1 + Math.floor(basket / 60), local + 5, 20)).toISOString();
    const sweet = random() < 0.8 ? (local < 12 ? 'croissant' : 'cake') : `other${Math.floor(random() * 6)}`;
    return [random() < 0.7 ? 'coffee' : 'tea', sweet].map((id) => `r${basket},${id},${at}`);
  });
  return ['basket_id,product_id,sold_at', ...rows.flat(), ''].join('\n');
}

let cwd: string;
let gateway: GatewayProcess | undefined;
const cli = (args: readonly string[], env: Record<string, string> = {}) => runCli(args, { cwd, env });
const manifestOf = (version: string) =>
  JSON.parse(readFileSync(join(cwd, 'models', version, 'manifest.json'), 'utf8'));

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'time-of-day-'));
  writeFileSync(join(cwd, 'receipts.csv'), cafeCsv(3000));
  const train = (version: string, ...more: string[]) =>
    cli(['train', 'receipts.csv', '--threads', '1', '--effort', 'quick', '--version', version, ...more]);
  const trained = await train('new-york', '--time-zone', 'America/New_York');
  if (trained.code !== 0) throw new Error(trained.stderr);
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  rmSync(cwd, { recursive: true, force: true });
});

it('a renewed version keeps its time zone; a new one without a stated zone says which one it uses', async () => {
  expect(manifestOf('new-york').timeZone).toBe('America/New_York');
  const like = ['train', 'receipts.csv', '--threads', '1', '--like', 'new-york', '--version', 'renewed'];
  const renewed = await cli(like, { TZ: 'Asia/Tokyo' });
  expect(renewed.stderr).not.toContain('time of day:');
  expect(manifestOf('renewed').timeZone).toBe('America/New_York');
  const untold = ['train', 'receipts.csv', '--threads', '1', '--effort', 'quick', '--version', 'untold'];
  const { stderr, stdout } = await cli(untold, { TZ: 'Asia/Tokyo' });
  expect(stderr).toMatch(/time of day: it counts, .* this machine, Asia\/Tokyo; .* --time-zone/);
  expect(stdout).toContain('the time of day counts, on clocks of Asia/Tokyo');
  expect(manifestOf('untold').timeZone).toBe('Asia/Tokyo');
}, 60_000);

it('receipts are evaluated in the version’s time zone, and a machine without a zone is no error', async () => {
  const evaluate = (...more: string[]) =>
    cli(['evaluate', 'new-york', '--receipts', 'receipts.csv', '--json', ...more], { TZ: '' });
  const ndcg10 = async (...more: string[]) =>
    JSON.parse((await evaluate(...more)).stdout).evaluation.ours.ndcg10;
  const own = await ndcg10();
  expect(own).toBe(await ndcg10('--time-zone', 'America/New_York'));
  expect(own).toBeGreaterThan((await ndcg10('--time-zone', 'Asia/Tokyo')) + 0.1);
  const { stderr } = await evaluate('--against', 'untold');
  expect(stderr).toContain('Asked by clocks of America/New_York, though untold heeds those of Asia/Tokyo.');
}, 60_000);

it('a gateway answers by the clock of the stores, from its start and after another version took over', async () => {
  await cli(['models', 'promote', 'new-york']);
  gateway = await startGateway({
    dataDir: join(cwd, 'data'),
    env: { BASKETLIFT_MODELS: join(cwd, 'models'), TZ: 'Asia/Tokyo' },
  });
  const ask = async (at: string) => {
    const response = await fetch(`${gateway!.url}/v1/suggestions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ basket: [{ productId: 'coffee' }], limit: 1, at }),
    });
    const answer = (await response.json()) as SuggestionAnswer;
    return [answer.modelVersion, answer.suggestions[0]!.productId];
  };
  const [morning, afternoon] = ['2026-01-20T14:00:00Z', '2026-01-20T20:00:00Z'] as const;
  expect([await ask(morning), await ask(afternoon)]).toEqual([
    ['new-york', 'croissant'],
    ['new-york', 'cake'],
  ]);
  const promoted = await fetch(`${gateway.url}/v1/models/renewed/promote`, { method: 'POST' });
  expect(promoted.status).toBe(200);
  expect([await ask(morning), await ask(afternoon)]).toEqual([
    ['renewed', 'croissant'],
    ['renewed', 'cake'],
  ]);
}, 60_000);
