import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { MODEL_FORMAT } from '../../src/adapters/model-manifest.ts';
import { runCli, startCli } from '../support/cli-run.ts';
import { startGateway } from '../support/gateway-process.ts';
import { plantedBaskets } from '../support/receipts-builder.ts';

/** Receipts of two stores as CSV, an hour apart, with prices and costs. */
function receiptsCsv(options: Parameters<typeof plantedBaskets>[0]): string {
  const rows = plantedBaskets(options).flatMap((items, basket) => {
    const at = new Date(Date.UTC(2026, 0, 1) + basket * 3_600_000).toISOString();
    return items.map((id) => `r${basket},${id},${at},1,4.50,2.00,s${basket % 2}`);
  });
  return ['basket_id,product_id,sold_at,quantity,unit_price,unit_cost,store_id', ...rows, ''].join('\n');
}

let cwd: string;
const cli = (...args: string[]) => runCli(args, { cwd });

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'cli-train-'));
  writeFileSync(join(cwd, 'receipts.csv'), receiptsCsv({ baskets: 600, products: 15, pairs: 5, seed: 1 }));
  writeFileSync(
    join(cwd, 'stock.csv'),
    'store_id,product_id,on_hand,as_of\ns0,pair00b,0,2026-02-01T00:00:00Z\n',
  );
  const trained = await cli(
    'train',
    'receipts.csv',
    '--version',
    'v1',
    '--currency',
    'EUR',
    '--threads',
    '1',
  );
  if (trained.code !== 0) throw new Error(trained.stderr);
  await cli('models', 'promote', 'v1');
}, 60_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('train', () => {
  it('writes to the registry of BASKETLIFT_MODELS, and names a promotion that works, with --out too', async () => {
    const env = { BASKETLIFT_MODELS: 'configured' };
    for (const out of [[], ['--out', 'elsewhere']]) {
      const args = ['receipts.csv', '--version', 'next', '--threads', '1', '--effort', 'quick', ...out];
      const { code, stdout } = await runCli(['train', ...args], { cwd, env });
      expect(code).toBe(0);
      const [, promotion] = /^Promote it: basketlift (.+)$/m.exec(stdout)!;
      expect((await runCli(promotion!.split(' '), { cwd, env })).code).toBe(0);
      expect(existsSync(join(cwd, out[1] ?? 'configured', 'next', 'manifest.json'))).toBe(true);
    }
  }, 60_000);

  it('says what it read, what it reached and what to do next, and puts no version in service', async () => {
    const { code, stdout, stderr } = await cli(
      'train',
      'receipts.csv',
      '--out',
      'other',
      '--version',
      'v2',
      '--threads',
      '1',
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/receipts: \d+ rows read, \d+ kept: \d+ baskets, \d+ products/);
    expect(stderr).toContain('columns ');
    expect(stdout).toMatch(/Version v2 is in other\/v2\n/);
    expect(stdout).toMatch(/basketlift +HR@10 0\.\d+ +NDCG@10 0\.\d+/);
    expect(stdout).toMatch(/popularity +HR@10/);
    expect(readdirSync(join(cwd, 'other'))).not.toContain('champion');
  });

  it('says how many products of a catalogue occur in the receipts, and asks about ids where none does', async () => {
    cpSync(join(cwd, 'models'), join(cwd, 'described'), { recursive: true });
    for (const [version, ids, said] of [
      ['named', 'PAIR00A\nzzz', /\n {2}1 of 2 catalogue products occur in the receipts\n/],
      [
        'strange',
        'zzz',
        /0 of 1 catalogue products occur in the receipts; are their ids written as there\?\n/,
      ],
    ] as const) {
      writeFileSync(join(cwd, `${version}.csv`), `product_id\n${ids}\n`);
      const catalogue = ['--catalogue', `${version}.csv`, '--like', 'v1', '--out', 'described'];
      const { code, stderr } = await cli('train', 'receipts.csv', '--version', version, ...catalogue);
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(said);
    }
  });

  it('with --json prints the manifest and the evaluation on stdout and nothing else', async () => {
    const { code, stdout, stderr } = await cli(
      'train',
      'receipts.csv',
      '--out',
      'json',
      '--version',
      'v3',
      '--stock',
      'stock.csv',
      '--threads',
      '1',
      '--json',
    );
    expect(code).toBe(0);
    const facts = JSON.parse(stdout);
    expect(facts).toMatchObject({ version: 'v3', format: MODEL_FORMAT, seed: 1 });
    expect(facts.evaluation.ours.hitRate['10']).toBeGreaterThan(0);
    expect(stderr).toContain('stock: 1 rows read');
  });

  it('learns what customers buy under pseudonyms, and uses it with the key in the registry', async () => {
    const rows = Array.from({ length: 400 }, (_, at) => {
      const line = (id: string) => `r${at},${id},${new Date(at * 3_600_000).toISOString()},c${at % 20}`;
      return [line('bread'), line(`own${at % 20}`), line(`any${(at * 7) % 11}`)].join('\n');
    });
    const csv = ['basket_id,product_id,sold_at,customer_id', ...rows, ''].join('\n');
    writeFileSync(join(cwd, 'regulars.csv'), csv);
    const train = (out: string, ...more: string[]) =>
      cli('train', 'regulars.csv', '--out', out, '--version', 'r', '--threads', '1', '--json', ...more);
    const known = JSON.parse((await train('regulars')).stdout);
    expect(known.customers).toMatchObject({ known: 20 });
    expect(JSON.parse((await train('strangers', '--no-customers')).stdout).customers).toBeUndefined();
    expect(readdirSync(join(cwd, 'strangers'))).not.toContain('customers.key');
    cpSync(join(cwd, 'regulars', 'r'), join(cwd, 'keyless', 'r'), { recursive: true });
    const ask = async (registry: string) => {
      const { stdout } = await cli('ask', `${registry}/r`, '--basket', 'bread', '--customer', 'c7', '--json');
      return JSON.parse(stdout).suggestions[0];
    };
    expect(await ask('regulars')).toMatchObject({
      productId: 'own7',
      reasons: expect.arrayContaining([{ code: 'bought-before', baskets: 20 }]),
    });
    for (const registry of ['strangers', 'keyless'])
      expect((await ask(registry)).reasons).not.toContainEqual(
        expect.objectContaining({ code: 'bought-before' }),
      );
  });

  it('leaves out whoever was erased in the data folder of the gateway', async () => {
    const data = join(cwd, 'erased-data');
    const folder = openDataFolder(data);
    await folder.erasures.erase('default', 'c7', Date.now());
    await folder.close();
    const train = (version: string, ...more: string[]) =>
      cli(
        'train',
        'regulars.csv',
        '--out',
        'erased',
        '--version',
        version,
        '--threads',
        '1',
        '--json',
        ...more,
      );
    const { stdout, stderr } = await train('without', '--data', data);
    expect(JSON.parse(stdout).customers).toMatchObject({ known: 19 });
    expect(stderr).toContain(`customers: 1 left out, erased in ${data}`);
    const refused = await train('nowhere', '--data', join(cwd, 'no-data'));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/--data: wanted the data folder of a gateway; got/);
    expect(readdirSync(cwd)).not.toContain('no-data');
  });

  it('makes a model of one tenant in its own registry, without its erased customers, and promotes it there', async () => {
    const data = join(cwd, 'tenant-data');
    const folder = openDataFolder(data);
    await folder.erasures.erase('north', 'c7', Date.now());
    await folder.erasures.erase('default', 'c8', Date.now());
    await folder.close();
    const flags = [
      '--out',
      'shared',
      '--tenant',
      'north',
      '--version',
      'n1',
      '--threads',
      '1',
      '--data',
      data,
    ];
    const { stdout, stderr } = await cli('train', 'regulars.csv', ...flags);
    expect(stderr).toContain(`customers: 1 left out, erased in ${data}`);
    expect(stdout).toContain('Promote it: basketlift models promote n1 --models shared --tenant north');
    const models = (...args: string[]) => cli('models', ...args, '--models', 'shared', '--json');
    expect((await models('promote', 'n1', '--tenant', 'north')).code).toBe(0);
    expect(JSON.parse((await models('list', '--tenant', 'north')).stdout)).toMatchObject([
      { name: 'n1', isChampion: true },
    ]);
    expect(JSON.parse((await models('list')).stdout)).toEqual([]);
    const refused = await models('list', '--tenant', '../other');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("got '../other'")]);
  });

  it('refuses a name that is taken before it reads anything', async () => {
    const { code, stderr } = await cli('train', 'receipts.csv', '--version', 'v1');
    expect(code).toBe(2);
    expect(stderr).toMatch(/--version: .*v1 already exists, and versions are immutable/);
    expect(stderr).not.toContain('rows read');
  });

  it('keeps rejected rows apart from the versions', async () => {
    const csv = readFileSync(join(cwd, 'receipts.csv'), 'utf8');
    writeFileSync(join(cwd, 'dirty.csv'), `${csv}r9999,p00,2026-01-01T00:00:00Z,many,1,1,s0\n`);
    const { code, stderr } = await cli(
      'train',
      'dirty.csv',
      '--out',
      'dirty',
      '--version',
      'v1',
      '--threads',
      '1',
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/left out: bad-number 1/);
    const rejects = readFileSync(join(cwd, 'dirty/rejects/v1/receipts-rejects.csv'), 'utf8');
    expect(rejects).toContain('many');
    const listed = await cli('models', 'list', '--models', 'dirty', '--json');
    expect(JSON.parse(listed.stdout).map(({ name }: { name: string }) => name)).toEqual(['v1']);
  });

  it('receipts from which nothing can be learned end with exit 1 and what was wanted', async () => {
    writeFileSync(join(cwd, 'single.csv'), 'basket_id,product_id\n1,a\n2,b\n3,a\n');
    const { code, stdout, stderr } = await cli('train', 'single.csv', '--out', 'single');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/wanted baskets that hold at least two products/);
  });

  it('killed while it searches continues where it was, makes the same version and leaves nothing behind', async () => {
    writeFileSync(join(cwd, 'searched.csv'), wideReceipts());
    const train = (out: string) => [
      'train',
      'searched.csv',
      '--out',
      out,
      '--version',
      'v',
      '--threads',
      '1',
    ];
    const whole = await cli(...train('whole'));
    expect(whole.stderr).not.toContain('tuning:');
    const child = startCli(train('cut'), cwd);
    const trials = () => {
      const folder = join(cwd, 'cut/.tuning');
      if (!existsSync(folder)) return 0;
      return readdirSync(folder).flatMap((name) =>
        readFileSync(join(folder, name), 'utf8').trim().split('\n'),
      ).length;
    };
    await expect.poll(trials, { timeout: 30_000, interval: 5 }).toBeGreaterThan(2);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(existsSync(join(cwd, 'cut/v'))).toBe(false);
    const resumed = await cli(...train('cut'));
    expect(resumed.stderr).toMatch(/tuning: \d+ settings that an earlier run has tried are not tried again/);
    expect(readdirSync(join(cwd, 'cut'))).not.toContain('.tuning');
    const evaluationOf = (out: string) => readFileSync(join(cwd, out, 'v/evaluation.json'), 'utf8');
    expect(evaluationOf('cut')).toBe(evaluationOf('whole'));
  }, 120_000);

  it('with little effort asks about fewer baskets, and says so in the version', async () => {
    const train = (effort: string) =>
      cli(
        'train',
        'receipts.csv',
        '--out',
        effort,
        '--version',
        'v',
        '--threads',
        '1',
        '--effort',
        effort,
        '--json',
      );
    const [quick, full] = [
      JSON.parse((await train('quick')).stdout),
      JSON.parse((await train('full')).stdout),
    ];
    expect([quick.parameters.effort, full.parameters.effort]).toEqual(['quick', 'full']);
    expect(quick.evaluation.questions).toBe(full.evaluation.questions);
    // Of a quarter of the questions the same setting is not worth the same.
    const firstTrial = (effort: string) =>
      JSON.parse(readFileSync(join(cwd, effort, 'v/evaluation.json'), 'utf8')).trials.complements[0];
    const { ndcg10: ofFew, ...few } = firstTrial('quick');
    const { ndcg10: ofAll, ...all } = firstTrial('full');
    expect(few).toEqual(all);
    expect(ofFew).not.toBe(ofAll);
  });

  it('with --like keeps the choices of a version, learns the rest from newer receipts, and says so', async () => {
    const newer = receiptsCsv({ baskets: 700, products: 15, pairs: 5, seed: 1 });
    writeFileSync(join(cwd, 'newer.csv'), newer);
    cpSync(join(cwd, 'models'), join(cwd, 'renewed'), { recursive: true });
    const train = (...more: string[]) =>
      cli('train', 'newer.csv', '--out', 'renewed', '--threads', '1', '--json', ...more);
    const like = await train('--version', 'like-champion', '--like');
    expect(like.stderr).toContain('like v1: what it chose is kept');
    const [made, v1] = [
      JSON.parse(like.stdout),
      JSON.parse((await cli('models', 'show', 'v1', '--json')).stdout),
    ];
    const { effort: _, ...chosen } = v1.parameters;
    expect(made.parameters).toEqual({ ...chosen, like: 'v1' });
    expect(made.data.baskets).toBeGreaterThan(v1.data.baskets);
    const rankerOf = (version: string) => readFileSync(join(cwd, 'renewed', version, 'ranker.json'), 'utf8');
    expect(rankerOf('like-champion')).toBe(rankerOf('v1'));
    const pastOf = (version: string) =>
      readFileSync(join(cwd, 'renewed', version, 'past-baskets.item.i32')).length;
    expect(pastOf('like-champion')).toBeGreaterThan(pastOf('v1'));
    expect((await cli('models', 'show', 'like-champion', '--models', 'renewed')).stdout).toContain(
      'parameters and ranker of v1 kept',
    );
    const again = await train('--version', 'like-named', '--like', 'like-champion');
    expect(JSON.parse(again.stdout).parameters).toMatchObject({
      like: 'like-champion',
      kernel: chosen.kernel,
    });
    const older = await cli(
      'train',
      'receipts.csv',
      '--out',
      'renewed',
      '--threads',
      '1',
      '--version',
      'older',
      '--like',
      'like-champion',
    );
    expect(older.stderr).toContain('it has learned from later receipts than these');
    const both = await train('--version', 'like-both', '--like', '--effort', 'quick');
    expect([both.code, both.stderr]).toEqual([
      2,
      expect.stringContaining('--like and --effort: wanted only one'),
    ]);
    const none = await train('--version', 'like-none', '--like', 'nothing');
    expect([none.code, none.stdout]).toEqual([2, '']);
    expect(none.stderr).toMatch(/--like: /);
  }, 60_000);

  it('gives the same bytes whatever the number of threads', async () => {
    writeFileSync(join(cwd, 'wide.csv'), wideReceipts());
    const out = ['1', '2', '3'].map((threads) => [threads, `threads-${threads}`] as const);
    for (const [threads, folder] of out) {
      const { code, stderr } = await cli(
        'train',
        'wide.csv',
        '--out',
        folder,
        '--version',
        'v',
        '--threads',
        threads,
      );
      expect(code, stderr).toBe(0);
    }
    const filesOf = (folder: string) => {
      const names = readdirSync(join(cwd, folder, 'v')).filter(
        (name) => name !== 'manifest.json' && name !== 'model-card.md',
      );
      return Object.fromEntries(
        names.map((name) => [name, readFileSync(join(cwd, folder, 'v', name), 'base64')]),
      );
    };
    const [one, two, three] = out.map(([, folder]) => filesOf(folder));
    expect(Object.keys(one!).length).toBeGreaterThan(10);
    expect(two).toEqual(one);
    expect(three).toEqual(one);
  }, 120_000);
});

describe('models', () => {
  it('list marks the version in service, as text and as JSON', async () => {
    expect((await cli('models', 'list')).stdout).toMatch(/^\* v1 {2}\d{4}-/);
    const { stdout } = await cli('models', 'list', '--json');
    expect(JSON.parse(stdout)).toEqual([
      { name: 'v1', isChampion: true, createdAt: expect.any(String), isReadable: true },
    ]);
  });

  it('show prints the model card, or the manifest as JSON', async () => {
    expect((await cli('models', 'show', 'v1')).stdout).toMatch(/^# Model card: v1/);
    expect(JSON.parse((await cli('models', 'show', 'v1', '--json')).stdout)).toMatchObject({
      version: 'v1',
      currency: 'EUR',
    });
  });

  it('verify says that every file is as listed', async () => {
    expect((await cli('models', 'verify', 'v1')).stdout).toMatch(/^v1 is sound: \d+ files, \d+ bytes/);
    expect(JSON.parse((await cli('models', 'verify', 'v1', '--json')).stdout)).toMatchObject({
      version: 'v1',
      isSound: true,
    });
  });

  it('promote and rollback change the version in service and back', async () => {
    cpSync(join(cwd, 'models'), join(cwd, 'switch'), { recursive: true });
    const inSwitch = (...args: string[]) => cli('models', ...args, '--models', 'switch', '--json');
    await cli('train', 'receipts.csv', '--out', 'switch', '--version', 'next', '--threads', '1');
    expect(JSON.parse((await inSwitch('promote', 'next')).stdout)).toEqual({ champion: 'next' });
    expect(readFileSync(join(cwd, 'switch/champion'), 'utf8')).toBe('next\n');
    expect(JSON.parse((await inSwitch('rollback')).stdout)).toEqual({ champion: 'v1' });
    expect((await inSwitch('rollback')).code).toBe(1);
    expect((await cli('models', 'promote', 'next', '--models', 'switch')).stdout).toMatch(
      /^next is in service/,
    );
    expect((await cli('models', 'rollback', '--models', 'switch')).stdout).toMatch(/^v1 is in service again/);
  });
});

describe('a damaged version', () => {
  it('fails verify, promote, ask and serve with exit 1, and is never served', async () => {
    cpSync(join(cwd, 'models'), join(cwd, 'damaged'), { recursive: true });
    const path = join(cwd, 'damaged/v1/complements.weight.f32');
    const bytes = readFileSync(path);
    bytes[0]! ^= 1;
    writeFileSync(path, bytes);
    const env = { BASKETLIFT_MODELS: 'damaged', BASKETLIFT_DATA: join(cwd, 'data-damaged') };
    for (const args of [
      ['models', 'verify', 'v1'],
      ['models', 'promote', 'v1'],
      ['ask', 'v1', '--basket', 'p00'],
      ['evaluate', 'v1'],
      ['serve', '--port', '0'],
      ['serve', '--port', '0', '--model', 'v1'],
      ['serve', '--port', '0', '--model', join(cwd, 'damaged/v1')],
    ]) {
      const { code, stdout, stderr } = await runCli(args, { cwd, env });
      expect({ args, code, stdout }).toEqual({ args, code: 1, stdout: '' });
      expect(stderr).toMatch(/complements\.weight\.f32 differs from its checksum; the version is damaged/);
    }
  });
});

describe('ask, evaluate and doctor', () => {
  it('ask answers with the pitch and the candidates, by name or by folder', async () => {
    for (const version of ['v1', './models/v1']) {
      const { code, stdout } = await cli('ask', version, '--basket', 'pair00a');
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /^\* pair00b \(pair00b\)\n {4}Customers who buy pair00a often take pair00b along/,
      );
      expect(stdout).toContain('candidates, most probable first:');
    }
  });

  it('ask --json is the answer of the API', async () => {
    const { stdout, stderr } = await cli(
      'ask',
      'v1',
      '--basket',
      'pair00a, gone',
      '--store',
      's0',
      '--limit',
      '1',
      '--language',
      'nl',
      '--json',
    );
    const answer = JSON.parse(stdout);
    expect(stderr).toBe('');
    expect(answer.suggestions).toHaveLength(1);
    expect(answer).toMatchObject({ modelVersion: 'v1', unknownProducts: ['gone'], degraded: [] });
    expect(answer.suggestions[0].pitch).toContain('Klanten die');
  });

  it('evaluate prints the card or the whole evaluation', async () => {
    expect((await cli('evaluate', 'v1')).stdout).toContain('## Evaluation');
    const evaluation = JSON.parse((await cli('evaluate', 'v1', '--json')).stdout);
    expect(evaluation.ours.name).toBe('basketlift');
    expect(evaluation.baselines).toHaveLength(5);
    expect(evaluation.byStore.map(({ name }: { name: string }) => name).sort()).toEqual(['s0', 's1']);
  });

  it('doctor finds everything in place, or says what is wrong and exits 1', async () => {
    const env = { BASKETLIFT_DATA: join(cwd, 'data') };
    const sound = await runCli(['doctor'], { cwd, env });
    expect(sound.stdout).toMatch(/^ok {3}model {4}v1: \d+ products, 2 stores/);
    expect(sound.code).toBe(0);
    const broken = await runCli(['doctor', '--json'], {
      cwd,
      env: { ...env, BASKETLIFT_MODELS: join(cwd, 'nowhere'), BASKETLIFT_REDIS_URL: 'redis://127.0.0.1:1' },
    });
    expect(broken.code).toBe(1);
    const findings: { part: string; isSound: boolean }[] = JSON.parse(broken.stdout);
    expect(findings.filter(({ isSound }) => !isSound).map(({ part }) => part)).toEqual(['model', 'redis']);
    expect(broken.stderr).toContain('something is missing');
  });

  it('serve --model serves the version that was trained', async () => {
    const gateway = await startGateway({
      dataDir: join(cwd, 'data-served'),
      command: [process.execPath, 'dist/cli.js', 'serve', '--model', join(cwd, 'models/v1')],
    });
    try {
      const response = await fetch(`${gateway.url}/v1/suggestions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ basket: [{ productId: 'pair00a', quantity: 1 }] }),
      });
      const answer = (await response.json()) as {
        modelVersion: string;
        suggestions: { productId: string }[];
      };
      expect(answer.modelVersion).toBe('v1');
      expect(answer.suggestions[0]!.productId).toBe('pair00b');
    } finally {
      await gateway.stop();
    }
  });
});

/** Over 256 known products: more than two of the jobs that threads share. */
function wideReceipts(): string {
  const rows = Array.from({ length: 2000 }, (_, basket) =>
    [0, 1, 2, 3].map((line) => `${basket},w${(basket * 7 + line * line * 31 + (basket % 5) * line) % 300}`),
  );
  return ['basket_id,product_id', ...rows.flat(), ''].join('\n');
}
