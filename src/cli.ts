#!/usr/bin/env -S node --max-semi-space-size=16 --single-threaded-gc --heap-growing-percent=300
import { Command, CommanderError } from 'commander';
import { addAskCommand } from './commands/ask.ts';
import { addBackupCommand } from './commands/backup.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEraseCommand } from './commands/erase.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addExportCommand } from './commands/export.ts';
import { addKeysCommand } from './commands/keys.ts';
import { addModelsCommand } from './commands/models.ts';
import { addReportCommand } from './commands/report.ts';
import { addInventoryReport } from './commands/report-inventory.ts';
import { addOffPolicyReport } from './commands/report-off-policy.ts';
import { addPeopleReports } from './commands/report-people.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSimulateCommand } from './commands/simulate.ts';
import { addTrainCommand } from './commands/train.ts';
import { UsageError } from './commands/usage-error.ts';
import { ConfigError } from './config.ts';
import { CODE_VERSION } from './package-facts.ts';

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

async function run(argv: readonly string[]): Promise<number> {
  const program = new Command('basketlift')
    .description('Real-time up-sell suggestions for checkouts and call centers.')
    .version(CODE_VERSION)
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('(add --help for the options and an example)');
  for (const add of [
    addServeCommand,
    addTrainCommand,
    addEvaluateCommand,
    addModelsCommand,
    addAskCommand,
    addKeysCommand,
    (parent: Command) => addInventoryReport(addPeopleReports(addOffPolicyReport(addReportCommand(parent)))),
    addSimulateCommand,
    addEraseCommand,
    addBackupCommand,
    addExportCommand,
    addDoctorCommand,
  ]) {
    add(program);
  }
  try {
    await program.parseAsync(argv);
    return DONE;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE;
    process.stderr.write(`basketlift: ${error instanceof Error ? error.message : String(error)}\n`);
    if (process.env.BASKETLIFT_LOG_LEVEL === 'debug' && error instanceof Error)
      process.stderr.write(`${error.stack}\n`);
    return error instanceof UsageError || error instanceof ConfigError ? WRONG_USAGE : FAILED;
  }
}

process.exitCode = await run(process.argv);
