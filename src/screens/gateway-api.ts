import type { LookUpAnswer } from './agent-answers.ts';
import { EventsRefused } from './event-delivery.ts';
import { keyWanted } from './key-wanted.ts';
import type {
  Answer,
  BasketEvent,
  CurrentModel,
  EventResult,
  LiveBasket,
  Problem,
  Product,
  Session,
  Store,
} from './live-protocol.ts';
import { ownCalendar } from './own-calendar.ts';

const deadlineMs = 4000;
/** The gateway abandons a report after 60 s. */
const reportDeadlineMs = 65_000;

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

export function fetchSession(): Promise<Session> {
  return getJson<Session>('/v1/session');
}

/** The gateway answered a request for a report with an error status. */
export class ReportRefused extends Error {
  readonly status: number;

  constructor(path: string, status: number) {
    super(`GET ${path} answered ${status}`);
    this.status = status;
  }
}

/** Fetches the JSON of a report, which may take long. Throws {@link ReportRefused}. */
export async function fetchReport<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await send('GET', path, { signal, waitMs: reportDeadlineMs });
  if (!response.ok) throw new ReportRefused(path, response.status);
  return (await response.json()) as T;
}

/** Looks up a customer who agreed to be known. The first look-up after the gateway starts waits until the ledger has been read. */
export async function lookUpCustomer(
  customerId: string,
  signal: AbortSignal,
): Promise<LookUpAnswer['customers'][number]> {
  const asked = { customerIds: [customerId], ...ownCalendar() };
  const sent = { signal, waitMs: reportDeadlineMs };
  const { customers } = await postJson<LookUpAnswer>('/v1/customers/look-up', asked, sent);
  return customers[0] ?? { known: false };
}

/** What to offer with a basket that nobody buys: neither recorded nor counted. */
export function askInPractice(basket: LiveBasket): Promise<Omit<Answer, 'seq'>> {
  return postJson('/v1/suggestions', { ...basket, practice: true });
}

/** Puts a version in service, or back the one before it (null). Resolves with what the gateway says against it; null when it is done. */
export async function changeModel(version: string | null): Promise<Problem | null> {
  const path = version === null ? 'rollback' : `${encodeURIComponent(version)}/promote`;
  const response = await send('POST', `/v1/models/${path}`, { body: '{}', waitMs: reportDeadlineMs });
  return response.ok ? null : ((await response.json()) as Problem);
}

/** Exchanges a key for the cookie that this page's requests and sockets carry from then on. */
export async function logIn(key: string): Promise<'done' | 'refused' | 'unanswered'> {
  // No key contains any other character, and some of them are not allowed in a header.
  if (!/^[\w-]+$/.test(key)) return 'refused';
  try {
    const { ok, status } = await send('POST', '/v1/session', {
      headers: { authorization: `Bearer ${key}` },
      body: '{}',
    });
    return ok ? 'done' : status === 401 ? 'refused' : 'unanswered';
  } catch {
    return 'unanswered';
  }
}

export async function logOut(): Promise<void> {
  await send('DELETE', '/v1/session', {});
}

/** Throws {@link EventsRefused} if the gateway will never accept this request as it is. */
export async function postEvents(events: readonly BasketEvent[]): Promise<readonly EventResult[]> {
  const response = await send('POST', '/v1/events', { body: JSON.stringify({ events }) });
  if (response.status === 400 || response.status === 422) throw new EventsRefused(await response.text());
  if (!response.ok) throw new Error(`POST /v1/events answered ${response.status}`);
  return ((await response.json()) as { results: EventResult[] }).results;
}

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  readonly waitMs?: number;
}

async function send(
  method: string,
  path: string,
  { headers, body, signal, waitMs = deadlineMs }: Sent,
): Promise<Response> {
  const { logIns } = keyWanted;
  const deadline = AbortSignal.timeout(waitMs);
  const response = await fetch(path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body }),
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
  });
  if (response.status === 401) keyWanted.refused(logIns);
  return response;
}

async function postJson<T>(path: string, body: object, sent: Omit<Sent, 'body'> = {}): Promise<T> {
  const response = await send('POST', path, { ...sent, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}`);
  return (await response.json()) as T;
}

async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await send('GET', path, { signal });
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
  return (await response.json()) as T;
}

export function liveUrl(location: { readonly protocol: string; readonly host: string }): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/v1/live`;
}
