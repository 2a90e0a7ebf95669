import { setImmediate as nextTurn } from 'node:timers/promises';
import { MemoryResultCache } from '../adapters/memory-result-cache.ts';
import { DEFAULT_TENANT } from '../gateway/access.ts';
import { type AdvisorParts, createAdvisor } from '../gateway/advisor.ts';
import { digestOf, keyIdOf, makeKey } from '../gateway/api-key.ts';
import { createApp } from '../gateway/app.ts';
import { createBasketMemory } from '../gateway/basket-memory.ts';
import { NOBODY } from '../gateway/change.ts';
import { Gatekeeper } from '../gateway/gatekeeper.ts';
import type { GatewayParts } from '../gateway/gateway-parts.ts';
import type { ServingModel } from '../gateway/serving-model.ts';
import { NOT_IN_EXPERIMENT } from '../ledger/decision.ts';
import type { KeyStore } from '../ledger/key-store.ts';
import type { Model } from '../recommender/model.ts';
import { createTelemetry } from '../telemetry.ts';

/** Requests answered before the gateway is ready: after these the compiler has seen the whole path. */
const REQUESTS = 150;

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Answers baskets of a model itself before customers do. @throws Error when one is not answered */
export type WarmUp = (serving: ServingModel) => Promise<void>;

/**
 * Used at a start, so that the first customer does not wait for the compiler, and for a version that is to replace another. Nothing of it
 * is recorded, counted or logged; other work gets a turn after each answer. Run one at a time.
 */
export function createWarmUp(parts: GatewayParts, advising: AdvisorParts): WarmUp {
  const telemetry = createTelemetry({});
  const memory = createBasketMemory(NOBODY);
  const { gatekeeper, authorization } = letOneIn(advising);
  return async (serving) => {
    const advisor = createAdvisor({
      ...advising,
      serving: () => serving,
      cache: new MemoryResultCache(),
      memory,
      telemetry,
      log: SILENT,
      record: () => true,
      assign: () => NOT_IN_EXPERIMENT,
      explore: undefined,
    });
    const app = createApp({ ...parts, gatekeeper, advisor, memory, telemetry, log: SILENT });
    for (let request = 0; request < REQUESTS && serving.model.knownCount > 0; request++) {
      const body = questionOf(serving.model, request);
      const { status } = await app.request('http://localhost/v1/suggestions', {
        method: 'POST',
        headers: {
          Authorization: authorization,
          'Content-Type': 'application/json',
          'Content-Length': String(Buffer.byteLength(body)),
        },
        body,
      });
      if (status !== 200) throw new Error(`wanted answers to the model's own baskets, got status ${status}`);
      await nextTurn();
    }
  };
}

function questionOf({ products, stores, knownCount }: Model, request: number): string {
  const lines = Array.from({ length: 1 + (request % 6) }, (_, line) => ({
    productId: products[(request * 7 + line * 31) % knownCount]!.id,
  }));
  const storeId = stores[request % Math.max(1, stores.length)]?.id;
  return JSON.stringify({ basket: lines, ...(storeId !== undefined && { storeId }) });
}

/** A gatekeeper that knows one key of its own, so that looking at keys is warm as well. */
function letOneIn({ nowMs, ticks }: AdvisorParts): { gatekeeper: Gatekeeper; authorization: string } {
  const key = makeKey();
  const digest = digestOf(key);
  const facts = { label: '', tenant: DEFAULT_TENANT, scope: 'terminal', createdAtMs: nowMs() };
  const record = { id: keyIdOf(digest), digest, ...facts };
  const keys: KeyStore = {
    hasUnrevoked: () => true,
    find: (id) => (id === record.id ? record : undefined),
    list: () => [record],
    add: async () => false,
    revoke: async () => undefined,
    findSession: () => undefined,
    openSession: async () => {},
    endSession: async () => {},
  };
  const gatekeeper = new Gatekeeper({ keys, listensOnLoopback: true, requestsPerSecond: 1e6, nowMs, ticks });
  return { gatekeeper, authorization: `Bearer ${key}` };
}
