import { EventsRefused } from './event-delivery.ts';
import type { BasketEvent, CurrentModel, EventResult, Product, Store } from './live-protocol.ts';

const deadlineMs = 4000;

export interface ProductQuery {
  readonly q?: string;
  readonly storeId?: string | null;
  readonly category?: string | null;
  readonly limit: number;
}

export async function fetchProducts(query: ProductQuery, signal?: AbortSignal): Promise<readonly Product[]> {
  const search = new URLSearchParams({ limit: String(query.limit) });
  if (query.q) search.set('q', query.q);
  if (query.storeId) search.set('storeId', query.storeId);
  if (query.category) search.set('category', query.category);
  const { products } = await getJson<{ products: Product[] }>(`/v1/products?${search}`, signal);
  return products;
}

export async function fetchStores(): Promise<readonly Store[]> {
  return (await getJson<{ stores: Store[] }>('/v1/stores')).stores;
}

export function fetchCurrentModel(): Promise<CurrentModel> {
  return getJson<CurrentModel>('/v1/models/current');
}

/** Throws {@link EventsRefused} when the gateway will never take this request as it is. */
export async function postEvents(events: readonly BasketEvent[]): Promise<readonly EventResult[]> {
  const response = await fetch('/v1/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
    signal: AbortSignal.timeout(deadlineMs),
  });
  if (response.status === 400 || response.status === 422) throw new EventsRefused(await response.text());
  if (!response.ok) throw new Error(`POST /v1/events answered ${response.status}`);
  return ((await response.json()) as { results: EventResult[] }).results;
}

async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const response = await fetch(path, { signal: signal ? AbortSignal.any([signal, deadline]) : deadline });
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
  return (await response.json()) as T;
}

export function liveUrl(location: { readonly protocol: string; readonly host: string }): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/v1/live`;
}
