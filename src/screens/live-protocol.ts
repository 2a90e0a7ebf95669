/** The JSON of `/v1/live`, `/v1/events` and the catalogue routes, to the extent that the pages use it. */

export type Channel = 'till' | 'call';
export type Language = 'en' | 'nl';
export type OfferResult = 'accepted' | 'declined' | 'not-offered';

export interface WireLine {
  readonly productId: string;
  readonly quantity: number;
  readonly unitPrice?: number;
}

/** A whole basket; the connection adds the sequence number. */
export interface LiveBasket {
  readonly basketId: string;
  readonly storeId?: string;
  readonly channel: Channel;
  readonly language: Language;
  readonly limit: number;
  readonly basket: readonly WireLine[];
  readonly declined: readonly string[];
  readonly customerId?: string;
  readonly agentId?: string;
  readonly consent?: { readonly personalise: boolean };
}

export interface Reason {
  readonly code: string;
  readonly withProductId?: string;
  readonly share?: number;
  readonly baskets?: number;
  readonly daysOfSupply?: number;
}

export interface Suggestion {
  readonly productId: string;
  readonly name: string;
  readonly unitPrice?: number | null;
  readonly value?: { readonly margin?: number };
  readonly reasons: readonly Reason[];
  readonly pitch?: string;
}

export interface Answer {
  readonly basketId: string;
  readonly seq: number;
  readonly decisionId: string;
  readonly suggestions: readonly Suggestion[];
  readonly degraded?: readonly string[];
}

export interface ShownEvent {
  readonly id: string;
  readonly type: 'shown';
  readonly at: string;
  readonly decisionId: string;
  readonly productId: string;
}

interface OutcomeEvent {
  readonly id: string;
  readonly type: 'outcome';
  readonly at: string;
  readonly decisionId: string;
  readonly basketId: string;
  readonly productId: string;
  readonly result: OfferResult;
  readonly channel: Channel;
  readonly agentId?: string;
}

export interface SaleEvent {
  readonly id: string;
  readonly type: 'sale';
  readonly at: string;
  readonly basketId: string;
  readonly storeId: string;
  readonly channel: Channel;
  readonly agentId?: string;
  readonly currency: string;
  readonly lines: readonly WireLine[];
}

export type BasketEvent = ShownEvent | OutcomeEvent | SaleEvent;

export interface EventResult {
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
}

export interface Session {
  readonly isLoggedIn: boolean;
  /** The only stores that the key may name; null for all stores. */
  readonly stores: readonly string[] | null;
}

export interface Problem {
  readonly status?: number;
  readonly title: string;
  readonly detail?: string;
}

export type ServerMessage =
  | { readonly type: 'hello' }
  | ({ readonly type: 'suggestions' } & Answer)
  | ({ readonly type: 'stored' } & EventResult)
  | { readonly type: 'resync'; readonly basketId: string }
  | ({ readonly type: 'problem' } & Problem)
  | { readonly type: 'ping' };

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly category?: string | null;
  readonly unitPrice?: number | null;
  readonly barcode?: string | null;
}

export interface Store {
  readonly id: string;
  readonly name: string;
}

export interface CurrentModel {
  readonly notice?: string | null;
  readonly currency?: string | null;
}

/** Parses one frame; null if it is not a message that this page knows. */
export function parseServerMessage(frame: unknown): ServerMessage | null {
  if (typeof frame !== 'string') return null;
  try {
    const message: unknown = JSON.parse(frame);
    if (typeof message !== 'object' || message === null) return null;
    const type = (message as { type?: unknown }).type;
    if (type === 'suggestions') {
      const answer = message as { suggestions?: unknown; decisionId?: unknown };
      if (!Array.isArray(answer.suggestions) || typeof answer.decisionId !== 'string') return null;
    }
    return knownTypes.has(String(type)) ? (message as ServerMessage) : null;
  } catch {
    return null;
  }
}

const knownTypes = new Set(['hello', 'suggestions', 'stored', 'resync', 'problem', 'ping']);
