import type { Command } from 'commander';
import { MemoryResultCache } from '../adapters/memory-result-cache.ts';
import { readConfig } from '../config.ts';
import { EMBEDDED_ACCESS } from '../gateway/access.ts';
import { createAdvisor } from '../gateway/advisor.ts';
import { createBasketMemory } from '../gateway/basket-memory.ts';
import { NOBODY } from '../gateway/change.ts';
import type { SuggestionAnswer } from '../gateway/present-answer.ts';
import { type SuggestionRequest, suggestionRequestSchema } from '../gateway/wire.ts';
import { NOT_IN_EXPERIMENT } from '../ledger/decision.ts';
import { bindModel, loadVersion, valuePolicy } from '../service/served-version.ts';
import { createLog, createTelemetry } from '../telemetry.ts';
import { UsageError, wholeNumber } from './usage-error.ts';

interface AskFlags {
  readonly basket: string;
  readonly store?: string;
  readonly customer?: string;
  readonly limit: string;
  readonly language?: string;
  readonly json?: boolean;
}

export function addAskCommand(program: Command): void {
  program
    .command('ask')
    .description('one answer in the terminal with its signals, without a server')
    .argument('<version>', 'version in the registry, or the folder of one')
    .requiredOption('--basket <ids>', 'product ids, separated by commas')
    .option('--store <id>', 'store to answer for')
    .option('--customer <id>', 'customer who agreed to be recognised')
    .option('--limit <number>', 'suggestions at most', '3')
    .option('--language <tag>', 'language of the pitch')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', '\nExample:\n  basketlift ask demo --basket 282,1164 --store s6')
    .action(ask);
}

async function ask(version: string, flags: AskFlags): Promise<void> {
  const config = readConfig(process.env);
  const loaded = await loadVersion(config, version);
  const { serving, stock } = bindModel(loaded);
  const ids = flags.basket.split(',').map((id) => id.trim());
  const missing = ids.filter((id) => !serving.model.itemOf.has(id));
  if (missing.length === ids.length) {
    throw new UsageError(
      `--basket: wanted products that ${version} knows; got ${missing.join(', ')}, none of which it knows.`,
    );
  }
  const advisor = createAdvisor({
    serving: () => serving,
    cache: new MemoryResultCache(),
    stock: () => stock,
    policy: valuePolicy(config),
    memory: createBasketMemory(NOBODY),
    record: () => true,
    assign: () => NOT_IN_EXPERIMENT,
    explore: undefined,
    pseudonymise: (_, customerId) => customerId,
    isErased: () => false,
    telemetry: createTelemetry({}),
    log: createLog(config.logLevel),
    nowMs: () => Date.now(),
    ticks: () => performance.now(),
    budgetMs: config.budgetMs,
    cacheDeadlineMs: config.budgetMs,
    stale: () => [],
  });
  const request = requestOf(ids, flags);
  const question = { request, access: EMBEDDED_ACCESS, arrivedAt: performance.now(), explain: true };
  const answer = await advisor.advise(question);
  process.stdout.write(flags.json ? `${JSON.stringify(answer)}\n` : answerText(answer));
}

/** @throws UsageError */
function requestOf(ids: readonly string[], flags: AskFlags): SuggestionRequest {
  const parsed = suggestionRequestSchema.safeParse({
    basket: ids.filter((id) => id !== '').map((productId) => ({ productId })),
    channel: 'call',
    limit: wholeNumber('--limit', flags.limit, 1, 10),
    ...(flags.store !== undefined && { storeId: flags.store }),
    ...(flags.customer !== undefined && {
      customerId: flags.customer,
      consent: { personalise: true },
    }),
    ...(flags.language !== undefined && { language: flags.language }),
  });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: wanted ${message}`);
  throw new UsageError(`The question cannot be asked: ${problems.join('; ')}.`);
}

const CANDIDATES_SHOWN = 12;

function answerText(answer: SuggestionAnswer): string {
  const suggestions = answer.suggestions.flatMap(({ name, productId, pitch, reasons }) => [
    `* ${name} (${productId})`,
    `    ${pitch}`,
    `    because ${reasons.map((reason) => JSON.stringify(reason)).join(', ')}`,
  ]);
  const candidates = (answer.explain ?? []).slice(0, CANDIDATES_SHOWN).map((candidate) => {
    const { margin, holding, writeOff, scarcity } = candidate.value;
    const value = `margin ${margin} + holding ${holding} + write-off ${writeOff} - scarcity ${scarcity}`;
    return `  ${candidate.verdict.padEnd(16)} P ${candidate.probability.toFixed(4)}  EV ${candidate.expectedValue ?? 'unknown'}  ${candidate.name}: ${value}`;
  });
  const unknown =
    answer.unknownProducts.length > 0 ? [`not known: ${answer.unknownProducts.join(', ')}`] : [];
  const found = suggestions.length > 0 ? suggestions : ['nothing worth offering'];
  return `${[...unknown, ...found, 'candidates, most probable first:', ...candidates].join('\n')}\n`;
}
