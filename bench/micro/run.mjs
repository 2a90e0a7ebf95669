import { parseArgs } from 'node:util';
import { describeMachine } from '../machine.mjs';
import { watchOthers } from '../process-usage.mjs';
import { writeResult } from '../result-files.mjs';
import { bindServedModel } from '../served-model.mjs';
import { measureHeap } from './heap.mjs';
import { microTable } from './micro-table.mjs';
import { controlSubject, rankingSubjects, WHOLE } from './subjects.mjs';
import { timeSubjects } from './timing.mjs';

const SIZES = [1, 3, 6, 12];
const P99_US_MAX = 500;
/** Rounds through all rows, and calls of a row in one: what p99.9 is read from. */
const CALLS_PER_ROUND = 500;

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: 'demo' },
    seed: { type: 'string', default: '1' },
    calls: { type: 'string', default: '50000' },
    'heap-calls': { type: 'string', default: '200000' },
    'dry-run': { type: 'boolean', default: false },
  },
});
process.exitCode = await measureCore();

async function measureCore() {
  if (!globalThis.gc) {
    console.error('Wanted node --expose-gc, to measure the heap; run it as `npm run bench:micro`.');
    return 2;
  }
  const machine = describeMachine();
  const others = watchOthers();
  const served = await bindServedModel(flags.model);
  const { model } = served.serving;
  const pools = SIZES.map((size) =>
    rankingSubjects(served, { size, questions: 2000, seed: Number(flags.seed) }),
  );
  // By subject first, then by size: how the table reads.
  const subjects = pools[0].flatMap((_, subject) => pools.map((pool) => pool[subject]));
  const [control, ...rows] = timeSubjects([controlSubject(), ...subjects], {
    warmUp: 3000,
    rounds: Math.ceil(Number(flags.calls) / CALLS_PER_ROUND),
    callsPerRound: CALLS_PER_ROUND,
  });
  const quiet = others();
  const whole = pools.map((pool) => pool.find(({ name }) => name === WHOLE));
  const heap = measureHeap((call) => whole[call % whole.length].run(call), Number(flags['heap-calls']));
  const worstP99Us = Math.max(...rows.filter(({ name }) => name === WHOLE).map(({ us }) => us.p99));
  const result = {
    ...machine,
    model: { version: model.version, products: model.products.length, stores: model.stores.length },
    seed: Number(flags.seed),
    quiet,
    control,
    rows,
    heap,
    target: { p99UsMax: P99_US_MAX, worstP99Us, isMet: worstP99Us < P99_US_MAX },
  };
  console.log(microTable(result));
  if (!flags['dry-run']) console.log(`\nwritten to ${writeResult('micro', result)}`);
  return result.target.isMet ? 0 : 1;
}
