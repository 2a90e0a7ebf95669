import type { CrewLink } from '../adapters/crew-link.ts';
import { openExploration } from '../adapters/exploration-draw.ts';
import { openHoldout } from '../adapters/holdout-draw.ts';
import type { DataFolder } from '../adapters/lmdb-data-folder.ts';
import { openPseudonyms } from '../adapters/pseudonym-key.ts';
import type { Config } from '../config.ts';
import { isLoopbackHost } from '../gateway/access.ts';
import { type AdvisorParts, createAdvisor } from '../gateway/advisor.ts';
import { createBasketMemory } from '../gateway/basket-memory.ts';
import type { Change } from '../gateway/change.ts';
import { Gatekeeper } from '../gateway/gatekeeper.ts';
import type { GatewayParts, PartState } from '../gateway/gateway-parts.ts';
import type { Reporter } from '../gateway/reporter.ts';
import type { Log } from '../gateway/telemetry-port.ts';
import { CODE_VERSION } from '../package-facts.ts';
import type { ResultCache } from '../recommender/result-cache.ts';
import { createTelemetry } from '../telemetry.ts';
import type { OpenChanges } from './open-changes.ts';
import type { OpenTenants } from './open-tenants.ts';
import { valuePolicy } from './served-version.ts';
import { serviceGauges } from './service-gauges.ts';
import { stalenessOf } from './staleness.ts';

type Clocks = Pick<AdvisorParts, 'nowMs' | 'ticks'>;

export const CLOCKS: Clocks = { nowMs: () => Date.now(), ticks: () => performance.now() };

/** Longest wait for the cache in one request. */
const CACHE_DEADLINE_MS = 20;

/** The opened parts, to be wired. */
export interface OpenParts {
  readonly config: Config;
  readonly folder: DataFolder;
  readonly reporter: Reporter;
  readonly cache: ResultCache;
  readonly tenants: OpenTenants;
  readonly models: GatewayParts['models'];
  readonly crew: CrewLink<Change> | undefined;
  readonly shared: OpenChanges;
  readonly log: Log;
  readonly partStates: () => PartState[];
}

/**
 * Wires the opened parts into what the gateway needs.
 *
 * @param instead what takes the place of the program's own, such as the clocks of a simulation
 */
export function assemble(
  made: OpenParts,
  instead: Partial<AdvisorParts> = {},
): Omit<GatewayParts, 'isStopping' | 'overload' | 'pages'> & { advising: AdvisorParts } {
  const { config, folder, reporter, tenants, models, shared, log, partStates } = made;
  const advising = advisingParts(made, instead);
  const { nowMs, ticks } = advising;
  return {
    advising,
    advisor: createAdvisor(advising),
    models,
    gatekeeper: new Gatekeeper({
      keys: folder.keys,
      listensOnLoopback: isLoopbackHost(config.host),
      requestsPerSecond: config.rateLimit,
      nowMs,
      ticks,
    }),
    tenant: (tenant) => tenants.of(tenant),
    events: folder.events,
    reporter,
    erasures: folder.erasures,
    commissions: folder.commissions,
    contests: folder.contests,
    inventory: folder.inventory,
    policy: advising.policy,
    pseudonymise: advising.pseudonymise,
    memory: advising.memory,
    changes: shared.changes,
    telemetry: advising.telemetry,
    log,
    partStates,
    nowMs,
    ticks,
    codeVersion: CODE_VERSION,
  };
}

function advisingParts(
  { config, folder, cache, tenants, crew, shared, log }: OpenParts,
  instead: Partial<AdvisorParts>,
): AdvisorParts {
  const stock = (tenant: string) => tenants.of(tenant).stock;
  const holdout = { share: config.holdoutShare, by: config.holdoutBy, ...config.holdoutShares };
  const { nowMs = CLOCKS.nowMs } = instead;
  return {
    serving: tenants.servingFor,
    cache,
    stock,
    policy: valuePolicy(config),
    memory: createBasketMemory(shared.changes),
    record: (decision) => folder.events.record(decision),
    assign: openHoldout(config.data, holdout),
    explore: openExploration(config.data, config.exploreShare),
    pseudonymise: openPseudonyms(config.data),
    isErased: (tenant, customerId) => folder.erasures.isErased(tenant, customerId),
    telemetry:
      instead.telemetry ??
      createTelemetry(serviceGauges({ folder, tenants, crew, bus: shared.bus }), crew?.metrics),
    log,
    ...CLOCKS,
    budgetMs: config.budgetMs,
    cacheDeadlineMs: CACHE_DEADLINE_MS,
    stale: stalenessOf({ config, stock, bus: shared.bus, nowMs }),
    ...instead,
  };
}
