import type { EventResult, LedgerEvent } from '../ledger/events.ts';
import type { SalesReport } from '../ledger/sales-report.ts';
import type { UpliftReport } from '../ledger/uplift-report.ts';
import type {
  ListedProduct,
  ReportedDays,
  SellingGateway,
  SimulatedAnswer,
  SimulatedOffer,
  SimulatedQuestion,
  StockStatement,
} from '../simulation/selling-gateway.ts';

export interface GatewayClientOptions {
  /** One attempt; rejects when nothing was answered. */
  readonly send: (path: string, init: RequestInit) => Promise<Response>;
  /** Bearer key; absent for a gateway without keys. */
  readonly key?: string;
  /** Where it is, for messages. */
  readonly name: string;
  readonly parallel: number;
  readonly requestsPerSecond: number;
  /** Longest wait for a gateway that is away or busy, ms. */
  readonly patienceMs: number;
  /** Monotonic clock, ms. */
  readonly ticks: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** The gateway, or the network before it, could not take the request now. */
const BUSY = new Set([429, 502, 503, 504]);
/** Longest wait for a gateway that is away or busy: a restart takes seconds. */
export const PATIENCE_MS = 60_000;
const FIRST_WAIT_MS = 100;
const WAIT_MS_MAX = 5_000;
const LISTED_MAX = 100;
const COMPANIONS_MAX = 50;
const DETAIL_MAX = 300;

/**
 * Asks a gateway through its public API and nothing else. A request that nobody answered, or that came back with a status of BUSY, is sent
 * again, after Retry-After where that is stated, until `patienceMs` have passed. Only before the gateway's first answer nothing is sent
 * again.
 */
export class GatewayClient implements SellingGateway {
  readonly parallel: number;
  readonly #options: GatewayClientOptions;
  #hasAnswered = false;
  #nextSlotAt = Number.NEGATIVE_INFINITY;
  /** Requests that were sent again. */
  repeated = 0;

  constructor(options: GatewayClientOptions) {
    this.#options = options;
    this.parallel = options.parallel;
  }

  currentModel() {
    return this.#get<{ modelVersion: string; currency: string | null }>('/v1/models/current');
  }

  async products(category: string | undefined): Promise<readonly ListedProduct[]> {
    const query = new URLSearchParams({
      limit: String(LISTED_MAX),
      ...(category !== undefined && { category }),
    });
    const { products } = await this.#get<{ products: ListedProduct[] }>(`/v1/products?${query}`);
    return products;
  }

  async companions(productId: string): Promise<readonly SimulatedOffer[]> {
    const question = { basket: [{ productId }], objective: 'probability', limit: COMPANIONS_MAX };
    return (await this.#post<SimulatedAnswer>('/v1/suggestions', question)).suggestions;
  }

  ask(question: SimulatedQuestion): Promise<SimulatedAnswer> {
    return this.#post('/v1/suggestions', question);
  }

  async stateStock(rows: readonly StockStatement[]): Promise<void> {
    const { rejected } = await this.#post<{ rejected: { row: number; reason: string }[] }>('/v1/stock', {
      rows,
    });
    const [first] = rejected;
    if (first) throw new Error(`${this.#options.name} rejected stock: ${first.reason}`);
  }

  async tell(events: readonly LedgerEvent[], _atMs: number): Promise<readonly EventResult[]> {
    return (await this.#post<{ results: EventResult[] }>('/v1/events', { events })).results;
  }

  salesReport({ from, to }: ReportedDays): Promise<SalesReport> {
    return this.#get(`/v1/reports/sales?${new URLSearchParams({ from, to, by: 'quarter', split: 'store' })}`);
  }

  upliftReport({ from, to }: ReportedDays, storeId: string | undefined): Promise<UpliftReport> {
    const query = new URLSearchParams({ from, to, ...(storeId !== undefined && { storeId }) });
    return this.#get(`/v1/reports/uplift?${query}`);
  }

  #get<Answer>(path: string): Promise<Answer> {
    return this.#request(path, { method: 'GET' });
  }

  #post<Answer>(path: string, body: unknown): Promise<Answer> {
    const text = JSON.stringify(body);
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': String(new TextEncoder().encode(text).length),
    };
    return this.#request(path, { method: 'POST', headers, body: text });
  }

  /** @throws Error when the gateway refuses, or is away or busy for longer than the patience */
  async #request<Answer>(path: string, { headers, ...init }: RequestInit): Promise<Answer> {
    const { key, ticks, sleep, patienceMs } = this.#options;
    const startedAt = ticks();
    const authorization = key === undefined ? {} : { Authorization: `Bearer ${key}` };
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(WAIT_MS_MAX, 2 * waitMs)) {
      await this.#slot();
      const tried = await this.#try(path, { ...init, headers: { ...headers, ...authorization } });
      if ('answer' in tried) return tried.answer as Answer;
      const pauseMs = tried.retryAfterMs ?? waitMs;
      const isAtAll = this.#hasAnswered;
      if (!isAtAll || ticks() - startedAt + pauseMs > patienceMs) throw this.#gaveUp(tried.why, isAtAll);
      this.repeated++;
      await sleep(pauseMs);
    }
  }

  async #try(
    path: string,
    init: RequestInit,
  ): Promise<{ answer: unknown } | { why: unknown; retryAfterMs?: number }> {
    let response: Response;
    let text: string;
    try {
      response = await this.#options.send(path, init);
      text = await response.text();
    } catch (why) {
      return { why };
    }
    this.#hasAnswered = true;
    if (response.ok) return { answer: this.#parse(text) };
    const refusal = `${init.method} ${path.split('?')[0]} answered ${response.status}: ${detailOf(text)}`;
    if (!BUSY.has(response.status)) throw new Error(`${this.#options.name} refused: ${refusal}`);
    const retryAfterS = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      why: new Error(refusal),
      ...(retryAfterS >= 0 && { retryAfterMs: 1000 * retryAfterS }),
    };
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      const got = text.slice(0, 60);
      throw new Error(`Wanted JSON of a gateway from ${this.#options.name}; got '${got}'.`, { cause });
    }
  }

  /** Waits for this request's turn within the rate. */
  async #slot(): Promise<void> {
    const { requestsPerSecond, ticks, sleep } = this.#options;
    const now = ticks();
    const slotAt = Math.max(now, this.#nextSlotAt);
    this.#nextSlotAt = slotAt + 1000 / requestsPerSecond;
    if (slotAt > now) await sleep(slotAt - now);
  }

  #gaveUp(why: unknown, hasAnswered: boolean): Error {
    const { name, patienceMs } = this.#options;
    const reason = reasonOf(why);
    if (hasAnswered)
      return new Error(`${name} did not answer for ${patienceMs / 1000} s: ${reason}`, { cause: why });
    return new Error(
      `There is no gateway at ${name}: ${reason}. Start one with basketlift serve, or give another --gateway.`,
      { cause: why },
    );
  }
}

/** What a problem+json says, else the beginning of the text. */
function detailOf(text: string): string {
  try {
    const { detail, title } = JSON.parse(text);
    return String(detail ?? title);
  } catch {
    return text.slice(0, DETAIL_MAX);
  }
}

function reasonOf(why: unknown): string {
  if (!(why instanceof Error)) return String(why);
  return why.cause instanceof Error ? why.cause.message || why.message : why.message;
}
