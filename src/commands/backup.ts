import type { Command } from 'commander';
import { openExistingDataFolder } from './existing-data-folder.ts';

export function addBackupCommand(program: Command): void {
  program
    .command('backup')
    .description('copy the data folder, also while a gateway runs on it')
    .argument('<folder>', 'where to; empty, or not there yet')
    .addHelpText(
      'after',
      '\nThe copy is a data folder of its own, without what the database has freed.\n\nExample:\n  basketlift backup /backups/2026-05-01',
    )
    .action(async (target: string) => {
      const folder = openExistingDataFolder();
      try {
        await folder.copyTo(target);
      } finally {
        await folder.close();
      }
      process.stdout.write(`${target} is a copy of the data folder.\n`);
    });
}
