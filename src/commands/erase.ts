import type { Command } from 'commander';
import { parseInput } from '../gateway/problem.ts';
import { idSchema } from '../gateway/wire.ts';
import { openExistingDataFolder } from './existing-data-folder.ts';
import { readTenant } from './key-flags.ts';
import { asUsageError } from './refused-input.ts';

interface EraseFlags {
  readonly customer: string;
  readonly tenant: string;
  readonly json?: boolean;
}

export function addEraseCommand(program: Command): void {
  program
    .command('erase')
    .description('forget a customer for good, at once and in every gateway on the data folder')
    .requiredOption('--customer <id>', "the customer's id as the tills send it")
    .option('--tenant <name>', 'whose customer it is', 'default')
    .option('--json', 'print the answer of the API')
    .addHelpText(
      'after',
      '\nReports stay as they are; it cannot be taken back.\n\nExample:\n  basketlift erase --customer c9',
    )
    .action(async (flags: EraseFlags) => {
      const tenant = readTenant(flags.tenant);
      const customerId = readCustomer(flags.customer);
      const folder = openExistingDataFolder();
      try {
        const erasure = await folder.erasures.erase(tenant, customerId, Date.now());
        const { decisionsChanged: changed } = erasure;
        const text = `Erased: ${changed} ${changed === 1 ? 'decision names' : 'decisions name'} this customer no more.`;
        process.stdout.write(`${flags.json ? JSON.stringify(erasure) : text}\n`);
      } finally {
        await folder.close();
      }
    });
}

/** @throws UsageError */
function readCustomer(text: string): string {
  try {
    return parseInput(idSchema, text);
  } catch (error) {
    throw asUsageError(error, '--customer');
  }
}
