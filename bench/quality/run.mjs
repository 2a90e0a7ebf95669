import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from '../machine.mjs';
import { writeResult } from '../result-files.mjs';
import { DATA_SETS } from './data-sets.mjs';
import { besideBefore } from './measure-sets.mjs';
import { qualityTable, RATIO_MIN, ratioOf } from './quality-table.mjs';
import { trainSet } from './train-set.mjs';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: new URL('../../../shared/data', import.meta.url).pathname },
    only: { type: 'string' },
  },
});
process.exitCode = await measureQuality();

async function measureQuality() {
  if (!existsSync(flags.data)) {
    console.error(`SKIPPED: the data sets are not in ${flags.data}; say where with --data FOLDER.`);
    return 0;
  }
  const chosen = DATA_SETS.filter(
    ({ name }) => flags.only === undefined || flags.only.split(',').includes(name),
  );
  const isAbsent = (set) => !existsSync(join(flags.data, set.file));
  for (const set of chosen.filter(isAbsent))
    console.error(`SKIPPED: ${join(flags.data, set.file)} is absent.`);
  const present = chosen.filter((set) => !isAbsent(set));
  if (present.length === 0) {
    console.error('SKIPPED: no set to train on.');
    return flags.only === undefined ? 0 : 2;
  }
  const machine = describeMachine();
  const measured = await measureSets(present);
  const result = { ...machine, ratioMin: RATIO_MIN, sets: besideBefore('quality', measured, flags.only) };
  const path = writeResult('quality', result);
  console.log(`${qualityTable(result)}\n\nwritten to ${path}`);
  return verdict(measured);
}

async function measureSets(sets) {
  const folder = mkdtempSync(join(tmpdir(), 'basketlift-quality-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
  const measured = [];
  for (const set of sets) {
    console.error(`${set.title} …`);
    const full = await trainSet(set, flags.data, folder);
    const quick = await trainSet(set, flags.data, folder, ['--effort', 'quick']);
    measured.push({ ...summary(set, full), quick: shortSummary(quick) });
  }
  return measured;
}

/** What less effort costs. */
function shortSummary({ evaluation: { ours }, seconds, parameters: { kernel } }) {
  return { hitRate10: ours.hitRate['10'], ndcg10: ours.ndcg10, seconds, kernel };
}

function summary(set, { evaluation, data, parameters, seconds, peakBytes }) {
  const row = ({ name, hitRate, ndcg10, mrr, coverage, difference }) => ({
    name,
    hitRate1: hitRate['1'],
    hitRate3: hitRate['3'],
    hitRate10: hitRate['10'],
    ndcg10,
    mrr,
    coverage,
    ...(difference && { difference }),
  });
  const ours = row(evaluation.ours);
  return {
    name: set.name,
    title: set.title,
    baskets: data.baskets,
    lines: data.lines,
    products: data.products,
    fingerprint: data.fingerprint,
    questions: evaluation.questions,
    knownProducts: evaluation.knownProducts,
    ours,
    baselines: evaluation.baselines.map(row),
    reference: set.reference,
    calibrationError: evaluation.calibration.error,
    seconds,
    peakBytes,
    parameters,
  };
}

/** 1 when the regression alone falls below its reference, or ours below the best single method. */
function verdict(sets) {
  const complaints = sets.flatMap((set) => {
    const rows = Object.fromEntries(set.baselines.map((row) => [row.name, row]));
    const { ease } = set.reference;
    const ratio = ease && Math.min(...Object.values(ratioOf(rows['local-ease'], ease)));
    const beaten = set.baselines.filter(({ difference }) => difference.high < 0);
    return [
      ...(ratio < RATIO_MIN ? [`EASE alone is ${((1 - ratio) * 100).toFixed(1)} % below its reference`] : []),
      ...beaten.map(({ name }) => `${name} is better than ours beyond its interval`),
    ].map((complaint) => `FAILED: ${set.title}: ${complaint}.`);
  });
  for (const complaint of complaints) console.error(complaint);
  return complaints.length > 0 ? 1 : 0;
}
