import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import type { FileModelRegistry, LoadedVersion } from '../adapters/file-model-registry.ts';
import { evaluateOnReceipts } from '../training/evaluate-on-receipts.ts';
import { type EvaluationReport, reportText } from '../training/report/evaluation-report.ts';
import { registryAt } from './models.ts';
import { progressOn } from './progress.ts';
import { type ReceiptFlags, readAndTell, readingOptions } from './reading-receipts.ts';
import { UsageError, wholeNumber } from './usage-error.ts';

interface EvaluateFlags extends ReceiptFlags {
  readonly models?: string;
  readonly receipts?: string[];
  readonly share?: string;
  readonly against?: string;
  readonly controls?: boolean;
  readonly seed?: string;
  readonly html?: string;
  readonly json?: boolean;
}

export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('what a version is worth: as measured when it was made, or on receipts given now')
    .argument('<version>', 'version in the registry, or the folder of one')
    .option('--models <folder>', 'registry (default: BASKETLIFT_MODELS, else ./models, else the shipped one)')
    .option('--receipts <path...>', 'receipts to ask about, as train reads them: files, folders or globs')
    .option('--share <number>', 'newest share of the baskets to ask about, up to 1 for all (default: 0.1)')
    .option('--columns <list>', 'our column=yours, such as product=StockCode,basket=Till+Receipt')
    .option('--date-order <order>', 'dmy, mdy or ymd, where the dates leave it open')
    .option('--service-codes <regex>', 'product ids that are no products; replaces the built-in rule')
    .option(
      '--time-zone <name>',
      "zone of the stores' clocks, such as Europe/Amsterdam (default: that of the versions, else this machine's)",
    )
    .option('--against <version>', 'compare with another version; exit 1 when the first one is worse')
    .option('--controls', 'train and test on shuffled receipts too: all lift must be lost, else exit 1')
    .option('--seed <number>', "seed of the questions and intervals (default: the version's)")
    .option('--html <file>', 'write the report as a page too')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  basketlift evaluate demo\n  basketlift evaluate 2026-w22 --receipts receipts/w23.csv --share 1 --against 2026-w21 --html report.html',
    )
    .action(evaluateCommand);
}

async function evaluateCommand(version: string, flags: EvaluateFlags): Promise<void> {
  assertUsable(flags);
  const registry = registryAt(flags.models);
  const loaded = await registry.load(version);
  if (flags.receipts === undefined) return showPublished(version, loaded, flags);
  const report = await askReceipts(loaded, registry, flags, flags.receipts);
  if (flags.html !== undefined) await writePage(flags.html, report);
  process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : reportText(report));
  const { comparison, control } = report;
  if (comparison?.isWorse)
    throw new Error(`${version} is worse than ${flags.against} beyond the interval; see above`);
  if (control?.untested) throw new Error('the negative control tested nothing; see above');
  if (control && !control.isLiftLost)
    throw new Error('the negative control failed: some lift remains on shuffled receipts; see above');
}

const WANT_RECEIPTS = [
  ['--share', 'share'],
  ['--columns', 'columns'],
  ['--date-order', 'dateOrder'],
  ['--service-codes', 'serviceCodes'],
  ['--time-zone', 'timeZone'],
  ['--against', 'against'],
  ['--controls', 'controls'],
  ['--seed', 'seed'],
] as const;

/** @throws UsageError */
function assertUsable(flags: EvaluateFlags): void {
  if (flags.receipts === undefined) {
    const idle = WANT_RECEIPTS.filter(([, name]) => flags[name] !== undefined).map(([option]) => option);
    if (idle.length > 0)
      throw new UsageError(`${idle.join(', ')}: wanted --receipts as well; got no receipts to evaluate on.`);
  }
  if (flags.html !== undefined && !existsSync(dirname(flags.html)))
    throw new UsageError(
      `--html: wanted a file in a folder that exists; got '${flags.html}'. Make ${dirname(flags.html)} first.`,
    );
}

/** Prints the evaluation a version was published with. */
async function showPublished(
  version: string,
  { manifest, files }: LoadedVersion,
  flags: EvaluateFlags,
): Promise<void> {
  const text = new TextDecoder();
  const json = files.get('evaluation.json');
  const card = files.get('model-card.md');
  if (!json || !card) throw new Error(`${version} was published without an evaluation; train it again.`);
  if (flags.html !== undefined) {
    const { version: name, createdAt, notice } = manifest;
    const evaluation = JSON.parse(text.decode(json));
    await writePage(flags.html, {
      version: name,
      createdAt,
      evaluation,
      ...(notice !== undefined && { notice }),
    });
  }
  process.stdout.write(`${text.decode(flags.json ? json : card).trimEnd()}\n`);
}

async function askReceipts(
  loaded: LoadedVersion,
  registry: FileModelRegistry,
  flags: EvaluateFlags,
  paths: readonly string[],
): Promise<EvaluationReport> {
  const share = parseShare(flags.share ?? '0.1');
  const seed = flags.seed === undefined ? undefined : wholeNumber('--seed', flags.seed, 0, 2 ** 32 - 1);
  const against = flags.against === undefined ? undefined : await registry.load(flags.against);
  const reading = readingOptions({ timeZone: zoneOf(loaded, against), ...flags });
  const progress = progressOn(process.stderr);
  const ingested = await readAndTell(paths, reading, progress);
  const report = await evaluateOnReceipts({
    version: loaded,
    ingested,
    share,
    seed: seed ?? loaded.manifest.seed,
    ...(against && { against }),
    ...(flags.controls && { controlThreads: availableParallelism() }),
    ticks: () => performance.now(),
    onProgress: (stage, done) => progress.show(stage, done),
  });
  progress.clear();
  for (const warning of report.asked?.warnings ?? []) process.stderr.write(`${warning}\n`);
  return report;
}

/** The zone of the versions that heed the time of day; one set of questions cannot be on two clocks, so the first one's counts. */
function zoneOf({ model }: LoadedVersion, against: LoadedVersion | undefined): string | undefined {
  const own = model.timeZone;
  const other = against?.model.timeZone;
  if (own !== undefined && other !== undefined && own !== other)
    process.stderr.write(
      `Asked by clocks of ${own}, though ${against!.manifest.version} heeds those of ${other}.\n`,
    );
  return own ?? other;
}

/** @throws UsageError */
function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share > 0 && share <= 1) return share;
  throw new UsageError(`--share: wanted a number above 0, up to 1; got '${text}'.`);
}

/** The page's renderer is loaded when a page is wanted. */
async function writePage(path: string, report: EvaluationReport): Promise<void> {
  const { renderEvaluationPage } = await import('../training/report/evaluation-page.ts');
  await writeFile(path, renderEvaluationPage(report));
  process.stderr.write(`The page is ${path}\n`);
}
