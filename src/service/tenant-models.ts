import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FileModelRegistry,
  openModelRegistry,
  TENANTS_FOLDER,
  tenantRegistryFolder,
} from '../adapters/file-model-registry.ts';
import { DEFAULT_TENANT, isTenantName } from '../gateway/access.ts';
import type { PartState } from '../gateway/gateway-parts.ts';
import type { ModelKeeper } from '../gateway/model-keeper.ts';
import { ModelFollower, type ModelFollowerParts } from './model-follower.ts';
import type { OpenTenants } from './open-tenants.ts';

export interface TenantModelsParts extends Omit<ModelFollowerParts, 'rollout' | 'owner'> {
  readonly tenants: Pick<OpenTenants, 'sharedRollout' | 'ownRollout'>;
}

/** How often to look for registries of further tenants. */
const LOOK_MS = 500;

/**
 * Knows who keeps the models of which tenant. A registry in `tenants/NAME` of the shared one is that tenant's own, and serves it from its
 * first champion on.
 */
export class TenantModels {
  readonly #parts: TenantModelsParts;
  readonly #shared: ModelFollower;
  readonly #own = new Map<string, ModelFollower>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(parts: TenantModelsParts) {
    this.#parts = parts;
    this.#shared = new ModelFollower({ ...parts, rollout: parts.tenants.sharedRollout });
  }

  /**
   * Puts the champions of all tenants in service, and follows all registries from now on.
   *
   * @throws Error when one is refused: its tenant would be answered with the products of others
   */
  async start(): Promise<void> {
    const refused = (await this.#look()).filter(({ state }) => !state.isHealthy);
    if (refused.length > 0)
      throw new Error(refused.map(({ state }) => `${state.name}: ${state.state}`).join('; '));
    this.#shared.start();
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
    for (const follower of this.#all()) follower.stop();
  }

  /** The models that answer a tenant. */
  keeperFor(tenant: string): ModelKeeper {
    return this.#own.get(tenant) ?? this.#shared;
  }

  get states(): PartState[] {
    return this.#all().map(({ state }) => state);
  }

  /** Asks all registries now, also for champions that were refused before. Never rejects. */
  async followAgain(): Promise<void> {
    await this.#look();
    await Promise.all(this.#all().map((follower) => follower.followAgain()));
  }

  #followOwn(registry: FileModelRegistry, owner: string): ModelFollower {
    const rollout = this.#parts.tenants.ownRollout(owner);
    const own = { registry, owner, rollout, serving: undefined, isFixed: false, before: this.#shared };
    return new ModelFollower({ ...this.#parts, ...own });
  }

  #all(): ModelFollower[] {
    return [this.#shared, ...this.#own.values()];
  }

  /** Starts to follow the registries that are new; returns their followers. */
  async #look(): Promise<ModelFollower[]> {
    const folder = join(this.#parts.registry.folder, TENANTS_FOLDER);
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    if (this.#isStopped) return [];
    const found = entries
      .filter((entry) => entry.isDirectory() && isTenantName(entry.name) && entry.name !== DEFAULT_TENANT)
      .filter(({ name }) => !this.#own.has(name))
      .map(({ name }) => {
        const follower = this.#followOwn(
          openModelRegistry(tenantRegistryFolder(this.#parts.registry.folder, name)),
          name,
        );
        this.#own.set(name, follower);
        follower.start();
        return follower;
      });
    await Promise.all(found.map((follower) => follower.follow()));
    return found;
  }
}
