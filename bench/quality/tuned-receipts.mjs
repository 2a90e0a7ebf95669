import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readReceipts } from '../../dist/training/ingest/read-receipts.js';
import { readResult } from '../result-files.mjs';
import { DATA_SETS } from './data-sets.mjs';

/** The sets that are there and of which `bench:quality` has chosen the parameters, each with its receipts to be read. */
export function tunedSets(dataFolder, only) {
  const tuned = readResult('quality')?.sets ?? [];
  const names = only?.split(',');
  return DATA_SETS.flatMap((set) => {
    const chosen = tuned.find(({ name }) => name === set.name);
    const path = join(dataFolder, set.file);
    if (!chosen || (names && !names.includes(set.name)) || !existsSync(path)) return [];
    return [{ ...set, path, ...parametersOf(chosen), read: () => readSet(path, set.options) }];
  });
}

function parametersOf({ parameters: { kernel, halfLife, ...rest } }) {
  return {
    kernel,
    learning: { ...rest, halfLife: halfLife === 'none' ? Number.POSITIVE_INFINITY : halfLife },
  };
}

async function readSet(path, options) {
  const columns = options.includes('--columns') && options[options.indexOf('--columns') + 1];
  const { receipts } = await readReceipts({
    paths: [path],
    ...(columns && { columns: Object.fromEntries(columns.split(',').map((pair) => pair.split('='))) }),
    ...(options.includes('dmy') && { dateOrder: 'dmy' }),
  });
  return receipts;
}
