import type { CrewLink } from '../adapters/crew-link.ts';
import type { DataFolder } from '../adapters/lmdb-data-folder.ts';
import type { Change } from '../gateway/change.ts';
import type { PartState } from '../gateway/gateway-parts.ts';
import type { OverloadGate } from '../gateway/overload-gate.ts';
import type { ResultCache } from '../recommender/result-cache.ts';
import type { BusFacts } from '../recommender/shared-change.ts';
import { busState } from './machine-exchange.ts';
import type { OpenTenants } from './open-tenants.ts';
import type { TenantModels } from './tenant-models.ts';

/** What a gateway can do without for a while. */
interface WatchedParts {
  readonly cache: ResultCache;
  readonly folder: DataFolder;
  readonly tenants: OpenTenants;
  readonly overload: OverloadGate;
  readonly models: TenantModels;
  /** Absent where this process is alone. */
  readonly crew: CrewLink<Change> | undefined;
  /** Undefined where no other machine is heard. */
  readonly bus: BusFacts | undefined;
}

/** How each part is just now, for `/readyz`. */
export function statesOf({ cache, folder, tenants, overload, models, crew, bus }: WatchedParts): PartState[] {
  const stockMs = tenants.newestStockMs();
  const trouble = folder.trouble();
  const { isShedding } = overload;
  return [
    { name: 'cache', state: cache.state, isHealthy: cache.state === 'connected' },
    {
      name: 'ledger',
      state: trouble?.reason ?? `${folder.events.pending()} pending`,
      isHealthy: trouble === undefined,
    },
    {
      name: 'stock',
      state: Number.isFinite(stockMs) ? `as of ${new Date(stockMs).toISOString()}` : 'none stated',
      isHealthy: true,
    },
    { name: 'load', state: isShedding ? 'more than can be answered' : 'normal', isHealthy: !isShedding },
    ...models.states,
    ...crewState(crew),
    ...(bus ? [busState(bus)] : []),
  ];
}

function crewState(link: CrewLink<Change> | undefined): PartState[] {
  if (!link) return [];
  const { live, wanted } = link.crew;
  return [{ name: 'workers', state: `${live} of ${wanted} live`, isHealthy: live === wanted }];
}
