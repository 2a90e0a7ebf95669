import type { Command } from 'commander';
import { registryAt } from './models.ts';

export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('the evaluation a version was published with: baselines, intervals, cuts')
    .argument('<version>', 'version in the registry, or the folder of one')
    .option('--models <folder>', 'registry (default: BASKETLIFT_MODELS, else ./models, else the shipped one)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  basketlift evaluate demo')
    .action(async (version: string, flags: { models?: string; json?: boolean }) => {
      const { files } = await registryAt(flags.models).load(version);
      const file = files.get(flags.json ? 'evaluation.json' : 'model-card.md');
      if (!file) throw new Error(`${version} was published without an evaluation; train it again.`);
      process.stdout.write(`${new TextDecoder().decode(file).trimEnd()}\n`);
    });
}
