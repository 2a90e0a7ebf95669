/** One basket as a till or agent sends it: asked about, offered, accepted, paid. */
export interface SoldBasket {
  readonly basketId: string;
  readonly storeId: string;
  readonly agentId: string;
  /** RFC 3339. */
  readonly at: string;
  /** What the customer came for. */
  readonly basket: readonly { readonly productId: string; readonly unitPrice: number }[];
  /** Whether the first suggestion is accepted, and then paid. */
  readonly accepts: boolean;
  /** Of the accepted suggestion: pieces, 1 when absent, and money off all of them. */
  readonly upsell?: { readonly quantity: number; readonly discount: number };
  /** Who agreed to be known. */
  readonly customerId?: string;
  readonly split?: readonly { readonly agentId: string; readonly percent: number }[];
}

// biome-ignore lint/suspicious/noExplicitAny: the JSON of any route
export type Json = any;

/** Talks to a gateway over HTTP as its clients do. */
export class SellingClient {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.url = url;
    this.headers = { 'content-type': 'application/json', ...headers };
  }

  get(path: string): Promise<Json> {
    return this.#send('GET', path);
  }

  post(path: string, body: unknown): Promise<Json> {
    return this.#send('POST', path, body);
  }

  put(path: string, body: unknown): Promise<Json> {
    return this.#send('PUT', path, body);
  }

  /** Asks about a basket; its events are answered, and not yet sent. */
  async serve(sold: SoldBasket): Promise<Json[]> {
    const { basketId, storeId, agentId, at, basket, accepts, upsell = { quantity: 1 }, split } = sold;
    const { customerId } = sold;
    const { decisionId, suggestions } = await this.post('/v1/suggestions', {
      basketId,
      storeId,
      agentId,
      basket,
      ...(customerId !== undefined && { customerId, consent: { personalise: true } }),
    });
    const [offer] = suggestions as { productId: string; unitPrice: number }[];
    const lines = basket.map((line) => ({ ...line, quantity: 1, unitCost: costOf(line.unitPrice) }));
    const events: Json[] = [];
    if (offer) {
      const result = accepts ? 'accepted' : 'declined';
      const { productId, unitPrice } = offer;
      events.push({ id: `${basketId}-said`, type: 'outcome', at, basketId, decisionId, productId, result });
      if (accepts) lines.push({ productId, unitPrice, unitCost: costOf(unitPrice), ...upsell });
    }
    const where = { basketId, storeId, agentId, at, currency: 'EUR' };
    events.push({ id: `${basketId}-paid`, type: 'sale', ...where, lines, ...(split && { split }) });
    return events;
  }

  /** Sends events until each is stored, in parts of what one request may hold. */
  async tell(events: readonly Json[]): Promise<void> {
    for (let at = 0; at < events.length; at += 200) {
      const { results } = await this.post('/v1/events', { events: events.slice(at, at + 200) });
      for (const { status, reason } of results) {
        if (status === 'rejected') throw new Error(`an event was rejected: ${reason}`);
      }
    }
  }

  async #send(method: string, path: string, body?: unknown): Promise<Json> {
    const { url, headers } = this;
    const response = await fetch(url + path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  }
}

/** Three fifths of the price, in whole cents. */
function costOf(unitPrice: number): number {
  return Math.round(unitPrice * 60) / 100;
}
