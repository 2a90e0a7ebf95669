import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { finiteValues } from './finite-values.ts';

/** Settings that searches have judged, with their NDCG@10, on disk, so that a training that was cut off judges none of them again. */
export interface TrialJournal {
  /** Trials that were there when it was opened. */
  readonly found: number;
  recall(search: string, setting: object): number | undefined;
  note(search: string, setting: object, ndcg10: number): void;
  /** Call once there is a version: nobody needs the journal then. */
  remove(): void;
}

/** A hidden folder of the registry, so that it is not taken for a version. */
const FOLDER = '.tuning';

const lineSchema = z.tuple([z.string(), z.record(z.string(), z.union([z.string(), z.number()])), z.number()]);

/**
 * Opens the journal of one question in a registry: `facts` are all that a judgement depends on, so that other receipts, or another release,
 * never find it. A line that was cut off by the end of its process is ignored.
 */
export function openTrialJournal(registry: string, facts: Readonly<Record<string, unknown>>): TrialJournal {
  const folder = join(registry, FOLDER);
  const path = join(folder, `${digest(facts)}.jsonl`);
  const text = readText(path);
  const known = new Map(linesOf(text));
  // A last line that was cut off must not spoil the next one.
  let start = text === '' || text.endsWith('\n') ? '' : '\n';
  const found = known.size;
  return {
    found,
    recall: (search, setting) => known.get(keyOf(search, finiteValues(setting))),
    note(search, setting, ndcg10) {
      const values = finiteValues(setting);
      known.set(keyOf(search, values), ndcg10);
      mkdirSync(folder, { recursive: true });
      appendFileSync(path, `${start}${JSON.stringify([search, values, ndcg10])}\n`);
      start = '';
    },
    remove() {
      rmSync(path, { force: true });
      try {
        rmdirSync(dirname(path));
      } catch {
        // It holds the journals of others, or was never made.
      }
    },
  };
}

function digest(facts: object): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}

function keyOf(search: string, values: Readonly<Record<string, unknown>>): string {
  const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([search, sorted]);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function linesOf(text: string): [key: string, ndcg10: number][] {
  return text.split('\n').flatMap((line) => {
    const parsed = parseLine(line);
    return parsed ? [[keyOf(parsed[0], parsed[1]), parsed[2]]] : [];
  });
}

function parseLine(line: string): z.infer<typeof lineSchema> | undefined {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
