import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startGateway } from '../load/servers.mjs';
import { describeMachine } from '../machine.mjs';
import { controlSubject, rankingSubjects } from '../micro/subjects.mjs';
import { timeSubjects } from '../micro/timing.mjs';
import { residentBytes, watchOthers } from '../process-usage.mjs';
import { writeResult } from '../result-files.mjs';
import { bindServedModel } from '../served-model.mjs';
import { scaleTable } from './scale-table.mjs';

const TRAIN_SIZE = new URL('./train-size.mjs', import.meta.url).pathname;
const TRAIN_MS_MAX = 1_800_000;
const BASKET_SIZE = 6;
const QUESTIONS = 2000;

const { values: flags } = parseArgs({
  options: {
    /** The size that the aims are about; the others halve its receipts, then its catalogue, and double its receipts. */
    baskets: { type: 'string', default: '1000000' },
    products: { type: 'string', default: '50000' },
    halvings: { type: 'string', default: '3' },
    doublings: { type: 'string', default: '2' },
    calls: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    'dry-run': { type: 'boolean', default: false },
  },
});
await measureScale();

async function measureScale() {
  const machine = describeMachine();
  const others = watchOthers();
  const folder = mkdtempSync(join(tmpdir(), 'basketlift-scale-'));
  try {
    const rows = sizes().map((size) => trainSize(size, folder));
    const { core, controlUs } = await timeCore(rows);
    const result = {
      ...machine,
      seed: Number(flags.seed),
      rows,
      exponents: {
        receipts: exponent(
          rows.filter(({ products }) => products === rows[0].products),
          'baskets',
        ),
        products: exponent(
          rows.filter(({ baskets }) => baskets === rows[0].baskets),
          'products',
        ),
      },
      core,
      controlUs,
      start: await timeStart(rows[0].folder, folder),
      quiet: others(),
    };
    console.log(scaleTable(result));
    if (!flags['dry-run']) console.log(`\nwritten to ${writeResult('scale', result)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The size of the aims first, then its receipts halved again and again, then its catalogue, then its receipts doubled. */
function sizes() {
  const [baskets, products] = [flags.baskets, flags.products].map(Number);
  const powers = (count, base) => Array.from({ length: Number(count) }, (_, at) => base ** (at + 1));
  const shares = powers(flags.halvings, 0.5);
  return [
    { baskets, products },
    ...shares.map((share) => ({ baskets: baskets * share, products })),
    ...shares.map((share) => ({ baskets, products: products * share })),
    ...powers(flags.doublings, 2).map((times) => ({ baskets: baskets * times, products })),
  ].map((size) => ({ baskets: Math.round(size.baskets), products: Math.round(size.products) }));
}

/** In a process of its own, whose memory is this size's alone. */
function trainSize({ baskets, products }, out) {
  const size = ['--baskets', String(baskets), '--products', String(products)];
  const text = execFileSync(process.execPath, [TRAIN_SIZE, ...size, '--seed', flags.seed, '--out', out], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: TRAIN_MS_MAX,
  });
  const row = JSON.parse(text.trim().split('\n').at(-1));
  console.error(`${baskets} receipts, ${products} products: ${row.seconds.toFixed(0)} s`);
  return row;
}

/** All models and the control in turns, so that a slow moment of the machine falls on all of them. */
async function timeCore(rows) {
  const subjects = [];
  for (const { baskets, products, folder } of rows) {
    const served = await bindServedModel(folder);
    const [rank] = rankingSubjects(served, {
      size: BASKET_SIZE,
      questions: QUESTIONS,
      seed: Number(flags.seed),
    });
    subjects.push({ ...rank, baskets, products });
  }
  const callsPerRound = 500;
  const [control, ...core] = timeSubjects([controlSubject(), ...subjects], {
    warmUp: 2000,
    rounds: Math.ceil(Number(flags.calls) / callsPerRound),
    callsPerRound,
  });
  return { core, controlUs: control.us.p50 };
}

async function timeStart(model, folder) {
  const startedAt = performance.now();
  const gateway = await startGateway({ name: 'start', folder, model });
  const readySeconds = (performance.now() - startedAt) / 1000;
  const readyBytes = residentBytes(gateway.pid);
  await gateway.stop();
  return { readySeconds, readyBytes };
}

/** Slope of ln(processor time) over ln(size), least squares. */
function exponent(rows, size) {
  const x = rows.map((row) => Math.log(row[size]));
  const y = rows.map(({ cpuSeconds }) => Math.log(cpuSeconds));
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const sum = (of) => x.reduce((total, _, at) => total + of(at), 0);
  return sum((at) => (x[at] - mx) * (y[at] - my)) / sum((at) => (x[at] - mx) ** 2);
}
