import { MemoryResultCache } from './adapters/memory-result-cache.ts';
import { type AdvisorParts, createAdvisor } from './gateway/advisor.ts';
import { createApp } from './gateway/app.ts';
import { createBasketMemory } from './gateway/basket-memory.ts';
import type { GatewayParts } from './gateway/gateway-parts.ts';
import { createTelemetry } from './telemetry.ts';

/** Requests answered before the gateway is ready: after these the compiler has seen the whole path. */
const REQUESTS = 150;

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Answers baskets of the model itself, so that the first customer does not wait for the compiler. Nothing of it is recorded,
 * cached, counted or logged.
 */
export async function warmUp(parts: GatewayParts, advising: AdvisorParts): Promise<void> {
  const telemetry = createTelemetry({});
  const memory = createBasketMemory();
  const cache = new MemoryResultCache();
  const quiet = { ...advising, cache, memory, telemetry, log: SILENT, record: () => true };
  const app = createApp({ ...parts, advisor: createAdvisor(quiet), memory, telemetry, log: SILENT });
  const { products, stores, knownCount } = parts.serving().model;
  for (let request = 0; request < REQUESTS && knownCount > 0; request++) {
    const lines = Array.from({ length: 1 + (request % 6) }, (_, line) => ({
      productId: products[(request * 7 + line * 31) % knownCount]!.id,
    }));
    const storeId = stores[request % Math.max(1, stores.length)]?.id;
    const body = JSON.stringify({ basket: lines, ...(storeId !== undefined && { storeId }) });
    await app.request('http://localhost/v1/suggestions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) },
      body,
    });
  }
}
