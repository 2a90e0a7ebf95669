import { encodeModel } from '../adapters/model-files.ts';
import { MODEL_FORMAT } from '../adapters/model-manifest.ts';
import type { Model } from '../recommender/model.ts';
import type { Kernel } from '../recommender/neighbours.ts';
import type { Evaluation } from './evaluate.ts';
import { finiteValues } from './finite-values.ts';
import type { KeptChoices } from './kept-choices.ts';
import type { LearningParameters } from './learn.ts';
import { LEARNED_FROM } from './learned-from.ts';
import { renderModelCard } from './model-card.ts';
import { encodeOpeningStock } from './opening-stock.ts';
import type { TrainedVersion, TrainingInput } from './training-input.ts';
import type { ComplementTrial } from './tune-complements.ts';
import type { KernelTrial } from './tune-kernel.ts';

/** The parameters of a version, and how they were chosen. */
export interface Learned {
  readonly learning: LearningParameters;
  readonly kernel: Kernel;
  readonly record: {
    readonly complements: readonly ComplementTrial[];
    readonly kernel: readonly KernelTrial[];
    /** How its weights came about, for the manifest. */
    readonly ranker: unknown;
  };
}

/** What is published about a model and how it came about. */
export function describeVersion(
  input: TrainingInput,
  chosen: Learned,
  evaluation: Evaluation,
  model: Model,
): TrainedVersion {
  const { receipts, report } = input;
  const at = (basket: number) =>
    receipts.hasTime ? new Date(receipts.soldAtMs.at(basket)!).toISOString() : null;
  const known = model.customerNames.length;
  const manifest: TrainedVersion['manifest'] = {
    format: MODEL_FORMAT,
    version: input.version,
    createdAt: new Date(input.nowMs).toISOString(),
    codeVersion: input.codeVersion,
    seed: input.seed,
    ...(input.notice !== undefined && { notice: input.notice }),
    ...(input.currency !== undefined && { currency: input.currency }),
    ...(model.timeZone !== undefined && { timeZone: model.timeZone }),
    knownProducts: model.knownCount,
    ...(input.customers && known > 0 && { customers: { known, keyId: input.customers.keyId } }),
    parameters: {
      ...(input.kept ? keptFacts(input.kept, evaluation) : { effort: input.effort ?? 'full' }),
      ...finiteValues(chosen.learning),
      kernel: chosen.kernel,
      ranker: chosen.record.ranker,
      learnedFrom: input.keepTestOut ? LEARNED_FROM.withoutTest : LEARNED_FROM.all,
    },
    data: {
      fingerprint: report.fingerprint,
      baskets: receipts.soldAtMs.length,
      lines: receipts.items.length,
      products: receipts.productIds.length,
      from: at(0),
      to: at(-1),
    },
  };
  const files = new Map<string, Uint8Array>(Object.entries(encodeModel(model)));
  const text = new TextEncoder();
  files.set(
    'evaluation.json',
    text.encode(`${JSON.stringify({ ...evaluation, trials: trialsOf(chosen) }, null, 1)}\n`),
  );
  files.set('model-card.md', text.encode(renderModelCard(manifest, report, evaluation)));
  if (input.stock.length > 0) files.set('opening-stock.json', encodeOpeningStock(input.stock));
  return { manifest, files, evaluation };
}

/** The other version's acceptance is kept where the given offers, if any, were too few to learn from. */
function keptFacts({ version, acceptance }: KeptChoices, { acceptance: learned }: Evaluation) {
  return { like: version, ...(acceptance && !learned?.overall && { acceptance: 'kept' }) };
}

function trialsOf({ record }: Learned): Record<string, unknown> {
  return { complements: record.complements.map(finiteValues), kernel: record.kernel };
}
