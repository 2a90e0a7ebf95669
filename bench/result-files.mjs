import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const FOLDER = new URL('./results/', import.meta.url);

/** Writes bench/results/NAME.json, whole or not at all. */
export function writeResult(name, result) {
  mkdirSync(FOLDER, { recursive: true });
  const path = new URL(`${name}.json`, FOLDER);
  const temporary = new URL(`${name}.json.${process.pid}`, FOLDER);
  writeFileSync(temporary, `${JSON.stringify(result, null, 1)}\n`);
  renameSync(temporary, path);
  return path.pathname;
}

/** The result of the last run; undefined when there was none. */
export function readResult(name) {
  try {
    return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
  } catch (cause) {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}
