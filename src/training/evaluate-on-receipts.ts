import type { LoadedVersion } from '../adapters/file-model-registry.ts';
import { compareVersions } from './compare-versions.ts';
import { type AskedReceipts, evaluatePublished } from './evaluate-published.ts';
import { runNegativeControl } from './negative-control.ts';
import { basketAt } from './period.ts';
import { timeRankings } from './ranking-latency.ts';
import type { Ingested } from './receipts.ts';
import type { AskedFacts, EvaluationReport } from './report/evaluation-report.ts';
import { seenBefore } from './seen-receipts.ts';

export interface EvaluationOrder {
  readonly version: LoadedVersion;
  readonly against?: LoadedVersion;
  readonly ingested: Ingested;
  /** Newest share of the baskets that is asked about. */
  readonly share: number;
  readonly seed: number;
  /** Threads to train the negative control with; absent: no control. */
  readonly controlThreads?: number;
  /** A clock in ms. */
  readonly ticks: () => number;
  readonly onProgress: (stage: string, share: number) => void;
}

/**
 * The whole report of a published version on receipts.
 *
 * @throws NothingToAsk
 * @throws TrainingImpossible when the control cannot be trained
 */
export async function evaluateOnReceipts(order: EvaluationOrder): Promise<EvaluationReport> {
  const { version, against, ingested, share, seed, controlThreads, onProgress } = order;
  const { model, manifest } = version;
  const { receipts } = ingested;
  const asked = { receipts, from: basketAt(receipts, 1 - share) };
  const published = evaluatePublished(model, asked, seed, (done) => onProgress('ranking', done));
  const comparison =
    against && compareVersions(model, against.model, asked, seed, (done) => onProgress('comparing', done));
  const control =
    controlThreads !== undefined &&
    (await runNegativeControl({
      receipts,
      seed,
      threads: controlThreads,
      onProgress: (stage, done, total) => onProgress(`control: ${stage}`, done / total),
    }));
  return {
    version: manifest.version,
    createdAt: manifest.createdAt,
    ...(manifest.notice !== undefined && { notice: manifest.notice }),
    asked: askedFacts(order, asked, published.unknown),
    latency: timeRankings(model, published.test, order.ticks),
    evaluation: published.evaluation,
    ...(comparison && { comparison }),
    ...(control && { control }),
  };
}

function askedFacts(
  { version, against, ingested: { report } }: EvaluationOrder,
  asked: AskedReceipts,
  unknown: AskedFacts['unknown'],
): AskedFacts {
  const { soldAtMs, hasTime } = asked.receipts;
  const at = (basket: number) => (hasTime ? new Date(soldAtMs.at(basket)!).toISOString() : null);
  const warnings = [version, against].map(
    (each) => each && seenBefore(each.manifest, asked, report.fingerprint),
  );
  return {
    files: report.files.map(({ path }) => path),
    fingerprint: report.fingerprint,
    baskets: soldAtMs.length - asked.from,
    basketsRead: soldAtMs.length,
    from: at(asked.from),
    to: at(-1),
    unknown,
    warnings: [...new Set(warnings)].filter((warning) => warning !== undefined),
  };
}
