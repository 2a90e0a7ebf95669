#!/usr/bin/env -S node --max-semi-space-size=16 --single-threaded-gc --heap-growing-percent=300
import { Command, CommanderError } from 'commander';
import { UsageError } from './commands/usage-error.ts';
import { ConfigError } from './config.ts';
import { CODE_VERSION } from './package-facts.ts';

type AddCommand = (program: Command) => void;

/** How to add each command. Its modules are loaded only when it may run: loading all takes longer than running most commands. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  serve: async () => (await import('./commands/serve.ts')).addServeCommand,
  train: async () => (await import('./commands/train.ts')).addTrainCommand,
  evaluate: async () => (await import('./commands/evaluate.ts')).addEvaluateCommand,
  models: async () => (await import('./commands/models.ts')).addModelsCommand,
  ask: async () => (await import('./commands/ask.ts')).addAskCommand,
  keys: async () => (await import('./commands/keys.ts')).addKeysCommand,
  report: loadReportCommand,
  simulate: async () => (await import('./commands/simulate.ts')).addSimulateCommand,
  erase: async () => (await import('./commands/erase.ts')).addEraseCommand,
  backup: async () => (await import('./commands/backup.ts')).addBackupCommand,
  export: async () => (await import('./commands/export.ts')).addExportCommand,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
};

async function loadReportCommand(): Promise<AddCommand> {
  const { addReportCommand } = await import('./commands/report.ts');
  const { addOffPolicyReport } = await import('./commands/report-off-policy.ts');
  const { addPeopleReports } = await import('./commands/report-people.ts');
  const { addUnmatchedReport } = await import('./commands/report-unmatched.ts');
  const { addInventoryReport } = await import('./commands/report-inventory.ts');
  return (program) =>
    addInventoryReport(addUnmatchedReport(addPeopleReports(addOffPolicyReport(addReportCommand(program)))));
}

/** The commands to load: the one that is named first, none for --version, else all, as help lists them. */
function commandsFor(first: string | undefined): string[] {
  if (first !== undefined && Object.hasOwn(COMMANDS, first)) return [first];
  return first === '--version' ? [] : Object.keys(COMMANDS);
}

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
  for (const name of commandsFor(argv[2])) (await COMMANDS[name]!())(program);
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

// Whoever closes the pipe, as `head` does, wants to read no more: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await run(process.argv);
