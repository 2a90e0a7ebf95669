import type { Command } from 'commander';
import type { SealedSegment } from '../adapters/sealed-segments.ts';
import { openExistingDataFolder } from './existing-data-folder.ts';
import { progressOn } from './progress.ts';
import { UsageError } from './usage-error.ts';

interface SealFlags {
  readonly olderThan: string;
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;

export function addSealCommand(program: Command): void {
  program
    .command('seal')
    .description('move what old decisions considered into compressed files, also while a gateway runs')
    .option('--older-than <days>', 'age of the decisions', '90')
    .option('--json', 'print the segments that were sealed')
    .addHelpText(
      'after',
      `
A decision keeps its suggestions; the other candidates, most of its size, go into Parquet files in "sealed" of the data
folder. Only "report off-policy" reads them. The database file stays as large and has room again; a backup is smaller.
Meant for every night.

Example:
  basketlift seal --older-than 90`,
    )
    .action(async (flags: SealFlags) => {
      const beforeMs = Date.now() - readDays(flags.olderThan) * DAY_MS;
      const folder = openExistingDataFolder();
      const progress = progressOn(process.stderr);
      try {
        const segments = await folder.seal({
          beforeMs,
          onSegment: ({ fromMs, toMs }) =>
            progress.show('sealing', Math.min(1, (toMs - fromMs) / Math.max(1, beforeMs - fromMs))),
        });
        progress.clear();
        process.stdout.write(flags.json ? `${JSON.stringify(segments)}\n` : inWords(segments));
      } finally {
        progress.clear();
        await folder.close();
      }
    });
}

function readDays(text: string): number {
  const days = Number(text);
  if (text.trim() !== '' && days >= 0 && days <= 36_500) return days;
  throw new UsageError(`--older-than: wanted days, 0 to 36500; got '${text}'.`);
}

function inWords(segments: readonly SealedSegment[]): string {
  const total = (of: (segment: SealedSegment) => number) =>
    segments.reduce((sum, segment) => sum + of(segment), 0);
  const decisions = total((segment) => segment.decisions);
  if (decisions === 0) return 'No decision is that old and not sealed yet.\n';
  const mib = (total(({ bytes }) => bytes) / 2 ** 20).toFixed(1);
  const files = segments.length === 1 ? '1 file' : `${segments.length} files`;
  return `${decisions} decisions are sealed: ${total(({ rows }) => rows)} candidates in ${files} of ${mib} MiB.\n`;
}
