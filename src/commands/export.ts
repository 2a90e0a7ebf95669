import type { Command } from 'commander';
import { type ExportManifest, exportLedger } from '../adapters/ledger-export.ts';
import { openExistingDataFolder } from './existing-data-folder.ts';
import { readTenant } from './key-flags.ts';
import { progressOn } from './progress.ts';

interface ExportFlags {
  readonly tenant: string;
  readonly json?: boolean;
}

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write the ledger as Parquet files, also while a gateway runs on it')
    .argument('<folder>', 'where to; empty, or not there yet')
    .option('--tenant <name>', 'whose ledger', 'default')
    .option('--json', 'print what was written, as _manifest.json in the folder has it')
    .addHelpText(
      'after',
      `
receipts-*.parquet is what train reads; refunds, splits, responses, decisions and suggestions are in _ledger.
An erasure does not reach copies: delete them when a customer asks to be forgotten.

Example:
  basketlift export /tmp/ledger && basketlift train /tmp/ledger --catalogue catalogue.csv`,
    )
    .action(async (path: string, flags: ExportFlags) => {
      const tenant = readTenant(flags.tenant);
      const folder = openExistingDataFolder();
      const progress = progressOn(process.stderr);
      try {
        const manifest = await exportLedger({
          events: folder.events,
          tenant,
          folder: path,
          nowMs: Date.now(),
          onProgress: (share) => progress.show('writing', share),
        });
        progress.clear();
        process.stdout.write(flags.json ? `${JSON.stringify(manifest)}\n` : inWords(path, manifest));
      } finally {
        progress.clear();
        await folder.close();
      }
    });
}

function inWords(folder: string, { files }: ExportManifest): string {
  const rows = new Map<string, number>();
  for (const file of files) {
    const table = file.path.replace(/-\d+\.parquet$/, '');
    rows.set(table, (rows.get(table) ?? 0) + file.rows);
  }
  const lines = [...rows].map(
    ([table, count]) => `  ${table.padEnd(20)} ${count} ${count === 1 ? 'row' : 'rows'}`,
  );
  return `${folder} holds the ledger:\n${lines.join('\n')}\n`;
}
