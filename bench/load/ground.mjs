import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMachine, findProgram, GO_PROGRAMS } from '../machine.mjs';
import { bindServedModel } from '../served-model.mjs';
import { writeFixture } from './fixture.mjs';

/** Different baskets that a run may ask about. */
const BASKETS = 75_000;

/**
 * What every run of k6 against a gateway stands on: a folder that goes with the process, baskets of the model, and where
 * servers and load run. Undefined, with a word on stderr, where there is no k6.
 */
export async function openGround(
  name,
  { model: wanted = 'demo', pin = true, count = BASKETS, seed = 1 } = {},
) {
  const k6 = findProgram('k6', [GO_PROGRAMS]);
  if (!k6) {
    console.error('k6 is not on the PATH nor in ~/go/bin; install it: go install go.k6.io/k6@latest');
    return undefined;
  }
  const program = execFileSync(k6, ['version'], { encoding: 'utf8' }).split(' ')[1];
  const machine = { ...describeMachine(), k6: program };
  const folder = mkdtempSync(join(tmpdir(), `basketlift-${name}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const pinned = pin && machine.cores > 1 && findProgram('taskset') !== undefined;
  const { model } = (await bindServedModel(wanted)).serving;
  const fixture = join(folder, 'baskets.json');
  const baskets = writeFixture(fixture, model, { count, seed });
  return {
    machine,
    folder,
    pinned,
    model,
    baskets,
    /** Processor of the server under test; undefined leaves it free. */
    serverCpu: pinned ? 0 : undefined,
    tools: { k6, folder, fixture, cpu: pinned ? 1 : undefined },
  };
}
