import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { availableParallelism, cpus, homedir, loadavg, release, totalmem, type } from 'node:os';
import { delimiter, join } from 'node:path';

/** The machine and the code a result belongs to. */
export function describeMachine() {
  return {
    measuredAt: new Date().toISOString(),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    commit: commit(),
    loadBefore: loadavg()[0],
  };
}

/** Path of a program on the PATH, or in one of the other folders; undefined when there is none. */
export function findProgram(name, otherFolders = []) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...otherFolders];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** Where `go install` puts programs. */
export const GO_PROGRAMS = join(homedir(), 'go', 'bin');

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The commit measured, with a plus when the tree holds more than that. */
function commit() {
  const git = (...args) =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const hasChanges = git('status', '--porcelain', '--', 'src', 'models').trim() !== '';
    return git('rev-parse', '--short', 'HEAD').trim() + (hasChanges ? '+' : '');
  } catch {
    return 'unknown';
  }
}
