import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { openCustomerNames } from '../adapters/customer-names.ts';
import {
  type FileModelRegistry,
  openModelRegistry,
  tenantRegistryFolder,
} from '../adapters/file-model-registry.ts';
import { readConfig } from '../config.ts';
import { DEFAULT_TENANT } from '../gateway/access.ts';
import { CODE_VERSION } from '../package-facts.ts';
import type { readCatalogue } from '../training/ingest/read-catalogue.ts';
import { choicesOf, type KeptChoices } from '../training/kept-choices.ts';
import type { Outcomes } from '../training/offers.ts';
import { countSold } from '../training/product-spelling.ts';
import type { Ingested, Receipts } from '../training/receipts.ts';
import { train } from '../training/train.ts';
import { EFFORTS, type Effort, type TrainedVersion } from '../training/training-input.ts';
import { openTrialJournal } from '../training/trial-journal.ts';
import { customersOfInstallation, type KnownReceipts } from './customers-of-installation.ts';
import { parseDateOrder } from './date-order.ts';
import { readTenant } from './key-flags.ts';
import { progressOn } from './progress.ts';
import { type ReceiptFlags, readAndTell, readingOptions, readingText } from './reading-receipts.ts';
import { trainedText } from './trained-text.ts';
import { UsageError, wholeNumber } from './usage-error.ts';

interface TrainFlags extends ReceiptFlags {
  readonly catalogue?: string[];
  readonly stock?: string[];
  readonly outcomes?: string;
  readonly out?: string;
  readonly tenant?: string;
  readonly version?: string;
  readonly currency?: string;
  readonly notice?: string;
  readonly effort?: string;
  readonly like?: string | true;
  readonly seed: string;
  readonly threads?: string;
  readonly holdTestOut?: boolean;
  readonly customers: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

export function addTrainCommand(program: Command): void {
  program
    .command('train')
    .description('make a model from receipts; it is not put in service')
    .argument('<receipts...>', 'CSV, TSV, text or Parquet files (text also as .gz), folders or globs')
    .option('--catalogue <file...>', 'names, categories, prices, costs')
    .option('--stock <file...>', 'stock a gateway starts from with this model')
    .option('--outcomes <folder>', 'what `basketlift export` wrote: learn how often offers are accepted')
    .option('--columns <list>', 'our column=yours, such as product=StockCode,basket=Till+Receipt')
    .option('--date-order <order>', 'dmy, mdy or ymd, where the dates leave it open')
    .option('--service-codes <regex>', 'product ids that are no products; replaces the built-in rule')
    .option(
      '--time-zone <name>',
      "zone of the stores' clocks, such as Europe/Amsterdam (default: that of --like, else this machine's)",
    )
    .option('--out <folder>', 'registry (default: BASKETLIFT_MODELS, else ./models)')
    .option('--tenant <name>', 'make a model for this tenant alone, in a registry of its own within --out')
    .option('--version <name>', 'name of the version (default: the date and time)')
    .option('--currency <code>', 'ISO 4217 code of the prices')
    .option('--notice <line>', 'one line that every screen shows')
    .option('--effort <effort>', 'quick or full: how thoroughly parameters are searched (default: full)')
    .option(
      '--like [version]',
      'keep what a version chose (default: the champion), parameters, ranker and acceptance, and learn all else anew',
    )
    .option('--seed <number>', 'seed of the questions and intervals', '1')
    .option(
      '--threads <number>',
      'threads to learn with (default: all cores); the result is the same for any',
    )
    .option(
      '--hold-test-out',
      'publish what the evaluation measured, without the newest tenth of the receipts',
    )
    .option('--no-customers', 'learn nothing of single customers, though the receipts name them')
    .option(
      '--data <folder>',
      'data folder of the gateway: whoever was erased there is left out, and the customers of --outcomes are known (default: BASKETLIFT_DATA, ./data)',
    )
    .option('--json', 'print the manifest and the evaluation as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  basketlift train receipts/ --catalogue products.csv --out models --version 2026-w21',
    )
    .action(trainCommand);
}

async function trainCommand(paths: string[], flags: TrainFlags): Promise<void> {
  const { version, tenant, out, rejectsDir, dateOrder, learning, ...settings } = settingsOf(flags);
  const registry = openModelRegistry(out);
  await registry.assertFree(version).catch((cause: Error) => {
    throw new UsageError(`--version: ${cause.message}`, { cause });
  });
  const kept = flags.like === undefined ? undefined : await keptOf(registry, flags.like);
  const timeZone = flags.timeZone ?? kept?.timeZone;
  const reading = {
    ...settings.reading,
    ...(timeZone !== undefined && { timeZone }),
  };
  const progress = progressOn(process.stderr);
  const ingested = await readAndTell(paths, reading, progress);
  const { report } = ingested;
  const known = await customersOfInstallation(ingested.receipts, tenant, flags.data);
  const { receipts } = known;
  const outcomes = await outcomesOf(flags.outcomes, tenant, known);
  const { readCatalogue } = await import('../training/ingest/read-catalogue.ts');
  const { readStock } = await import('../training/ingest/read-stock.ts');
  const catalogue = flags.catalogue
    ? await readCatalogue(flags.catalogue, undefined, { rejectsDir })
    : undefined;
  if (catalogue) sayCatalogue(catalogue, receipts);
  const stock = flags.stock ? await readStock(flags.stock, undefined, dateOrder, { rejectsDir }) : undefined;
  if (stock) say(readingText('stock', stock.report, `${stock.rows.length} rows`));
  if (kept) warnOfSeen(kept, receipts);
  const journal = kept ? undefined : journalOf(out, ingested, learning);
  const trained = await train({
    receipts,
    report,
    catalogue: catalogue?.products ?? [],
    stock: stock?.rows ?? [],
    ...(outcomes && { outcomes }),
    ...(kept && { kept }),
    version,
    ...learning,
    ...(journal && { journal }),
    ...(flags.customers && receipts.customerIds.length > 0 && { customers: openCustomerNames(out) }),
    codeVersion: CODE_VERSION,
    nowMs: Date.now(),
    onProgress: (stage, done, total) => progress.show(stage, done / total),
  });
  progress.clear();
  const folder = await registry.publish(trained.manifest, trained.files);
  journal?.remove();
  if (trained.manifest.timeZone !== undefined && timeZone === undefined)
    warnOfZone(trained.manifest.timeZone);
  process.stdout.write(
    flags.json ? `${JSON.stringify(trainedFacts(trained, folder))}\n` : trainedText(trained, folder, flags),
  );
}

/** What the options ask for, all of it checked before anything is read. @throws UsageError */
function settingsOf(flags: TrainFlags) {
  const version = flags.version ?? new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, '-');
  const tenant = flags.tenant === undefined ? DEFAULT_TENANT : readTenant(flags.tenant);
  const root = flags.out ?? readConfig(process.env).models ?? 'models';
  const out = tenant === DEFAULT_TENANT ? root : tenantRegistryFolder(root, tenant);
  const rejectsDir = join(out, 'rejects', version);
  const dateOrder = parseDateOrder(flags.dateOrder);
  const threads = flags.threads ?? String(availableParallelism());
  return {
    version,
    tenant,
    out,
    rejectsDir,
    dateOrder,
    reading: {
      rejectsDir,
      ...readingOptions(flags),
    },
    learning: {
      effort: parseEffort(flags),
      seed: wholeNumber('--seed', flags.seed, 0, 2 ** 32 - 1),
      threads: wholeNumber('--threads', threads, 1, 256),
      ...(flags.currency !== undefined && { currency: parseCurrency(flags.currency) }),
      ...(flags.notice !== undefined && { notice: flags.notice }),
      keepTestOut: flags.holdTestOut ?? false,
    },
  };
}

/** What a version of the registry chose: the champion, unless another is named. @throws UsageError */
async function keptOf(registry: FileModelRegistry, like: string | true): Promise<KeptChoices> {
  try {
    const { manifest, model } = await registry.load(like === true ? await registry.champion() : like);
    say(`like ${manifest.version}: what it chose is kept`);
    return choicesOf(manifest, model);
  } catch (cause) {
    throw new UsageError(`--like: ${(cause as Error).message}`, { cause });
  }
}

/** Ids that are written in another way than in the receipts make products that nobody has bought. */
function sayCatalogue(
  { products, report }: Awaited<ReturnType<typeof readCatalogue>>,
  receipts: Receipts,
): void {
  const sold = countSold(products, receipts);
  say(readingText('catalogue', report, `${products.length} products`));
  say(
    `  ${sold} of ${products.length} catalogue products occur in the receipts${sold === 0 ? '; are their ids written as there?' : ''}`,
  );
}

/** A wrong clock shows in no figure of the test: it is only wrong when a gateway answers. */
function warnOfZone(timeZone: string): void {
  say(
    `time of day: it counts, and the stores' clocks are taken to be those of this machine, ${timeZone}; where they are not, train with --time-zone`,
  );
}

/** A version must not be tested on what it has learned from. */
function warnOfSeen({ version, learnedTo }: KeptChoices, { hasTime, soldAtMs }: Receipts): void {
  if (!hasTime || learnedTo === null || soldAtMs.at(-1)! >= Date.parse(learnedTo)) return;
  say(
    `like ${version}: it has learned from later receipts than these, so the figures of its test are too good`,
  );
}

/** Trials of an earlier run on the same question; where nothing is dated the order of the files is part of it. */
function journalOf(
  out: string,
  { receipts, report }: Ingested,
  { seed, effort }: { seed: number; effort: Effort },
) {
  const journal = openTrialJournal(out, {
    codeVersion: CODE_VERSION,
    fingerprint: report.fingerprint,
    seed,
    effort,
    ...(!receipts.hasTime && { files: report.files.map(({ path }) => path) }),
  });
  if (journal.found > 0)
    say(`tuning: ${journal.found} settings that an earlier run has tried are not tried again`);
  return journal;
}

/** The offers of an export, to be learned from with the customers of the receipts. @throws UsageError, IngestError */
async function outcomesOf(
  folder: string | undefined,
  tenant: string,
  { customerOf }: KnownReceipts,
): Promise<Outcomes | undefined> {
  if (folder === undefined) return undefined;
  const { readOffers } = await import('../training/ingest/read-offers.ts');
  const exported = await readOffers(folder);
  if (exported.tenant !== tenant)
    throw new UsageError(
      `--outcomes: wanted an export of tenant '${tenant}'; got one of tenant '${exported.tenant}'.`,
    );
  const accepted = exported.offers.filter(({ isAccepted }) => isAccepted).length;
  say(`outcomes: ${exported.offers.length} offers read, ${accepted} accepted`);
  return { offers: exported.offers, customerOf: customerOf() };
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function trainedFacts({ manifest, evaluation }: TrainedVersion, folder: string) {
  return { folder, ...manifest, evaluation };
}

function parseEffort({ effort: text, like }: TrainFlags): Effort {
  if (like !== undefined && text !== undefined)
    throw new UsageError('--like and --effort: wanted only one of them, because --like searches nothing.');
  const effort = EFFORTS.find((one) => one === (text ?? 'full'));
  if (effort) return effort;
  throw new UsageError(`--effort: wanted ${EFFORTS.join(' or ')}; got '${text}'.`);
}

function parseCurrency(code: string): string {
  if (/^[A-Z]{3}$/.test(code)) return code;
  throw new UsageError(`--currency: wanted an ISO 4217 code of three capital letters; got '${code}'.`);
}
