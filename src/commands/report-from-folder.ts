import type { DataFolder } from '../adapters/lmdb-data-folder.ts';
import { EMBEDDED_ACCESS } from '../gateway/access.ts';
import type { AskedSource } from '../gateway/asked-source.ts';
import { type LedgerSource, NO_CATEGORIES, type ReportSource } from '../gateway/report-source.ts';
import { reportHere } from '../gateway/reporter.ts';
import { openExistingDataFolder } from './existing-data-folder.ts';
import { progressOn } from './progress.ts';
import { asUsageError } from './refused-input.ts';

/** Makes a report from every decision and event. */
export function fromLedger<Answer>(
  run: (source: LedgerSource, folder: DataFolder) => Promise<Answer>,
): Promise<Answer> {
  const share = unknownShare();
  const progress = (): Progress => ['reading the ledger', share()];
  return fromFolder(progress, (source, folder) => run({ ...source, events: folder.events }, folder));
}

type Progress = readonly [what: string, share: number];

/** A share that only nears 1: how much there is to do is not known before it is done. */
function unknownShare(): () => number {
  let pauses = 0;
  return () => 1 - 1 / (1 + pauses++ / 1000);
}

/** Makes a report from what is kept of baskets, brought up to date. */
export function fromOutcomes<Answer>(
  run: (ask: AskedSource['ask'], about: ReportSource, folder: DataFolder) => Promise<Answer>,
): Promise<Answer> {
  const share = unknownShare();
  const progress = (folder: DataFolder): Progress => {
    const { taken, total } = folder.outcomes().progress();
    return taken < total ? ['reading the ledger', taken / total] : ['making the report', share()];
  };
  return fromFolder(progress, (source, folder) => {
    const reporter = reportHere(folder);
    const ask: AskedSource['ask'] = (name, question, categories = NO_CATEGORIES) =>
      reporter.make(name, question, { ...source, categories });
    return run(ask, source, folder);
  });
}

async function fromFolder<Answer>(
  progressOf: (folder: DataFolder) => Progress,
  run: (source: ReportSource, folder: DataFolder) => Promise<Answer>,
): Promise<Answer> {
  const onRebuild = (reason: string) => process.stderr.write(`Reading the whole ledger again: ${reason}.\n`);
  const folder = openExistingDataFolder({ outcomes: { onRebuild } });
  const progress = progressOn(process.stderr);
  try {
    const source = {
      tenant: EMBEDDED_ACCESS.tenant,
      nowMs: Date.now(),
      categories: NO_CATEGORIES,
      async pause() {
        await new Promise(setImmediate);
        progress.show(...progressOf(folder));
      },
    };
    return await run(source, folder);
  } catch (error) {
    throw asUsageError(error);
  } finally {
    progress.clear();
    await folder.close();
  }
}
