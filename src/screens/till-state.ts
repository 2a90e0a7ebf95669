import type {
  Answer,
  Channel,
  Language,
  LiveBasket,
  OfferResult,
  Product,
  Reason,
  SaleEvent,
  Suggestion,
} from './live-protocol.ts';

export interface BasketLine {
  readonly productId: string;
  readonly name: string;
  /** null if the catalogue has no price: then the cashier must enter one before payment. */
  readonly unitPrice: number | null;
  readonly quantity: number;
}

/** Everything that a register knows about the open basket. It is plain JSON, so it survives a reload. */
export interface TillState {
  readonly basketId: string;
  readonly storeId: string | null;
  readonly customerId: string;
  readonly agentId: string;
  readonly mayPersonalise: boolean;
  readonly lines: readonly BasketLine[];
  /** Results of the offers that were already answered for this basket; these products are not offered again. */
  readonly settled: Readonly<Record<string, OfferResult>>;
  readonly answer: Answer | null;
  /** The suggestions by their place on the screen: a suggestion that stays keeps its place. */
  readonly slots: readonly (Suggestion | null)[];
  readonly selectedProductId: string | null;
}

export type TillAction =
  | { readonly type: 'product-added'; readonly product: Product }
  | { readonly type: 'quantity-set'; readonly productId: string; readonly quantity: number }
  | { readonly type: 'price-set'; readonly productId: string; readonly unitPrice: number }
  | { readonly type: 'line-selected'; readonly productId: string | null }
  | { readonly type: 'answer-arrived'; readonly answer: Answer; readonly audience: Channel }
  | { readonly type: 'offers-withdrawn' }
  | { readonly type: 'offer-settled'; readonly suggestion: Suggestion; readonly result: OfferResult }
  | { readonly type: 'store-chosen'; readonly storeId: string }
  | { readonly type: 'customer-named'; readonly customerId: string }
  | { readonly type: 'consent-answered'; readonly mayPersonalise: boolean }
  | { readonly type: 'agent-named'; readonly agentId: string }
  | { readonly type: 'basket-closed'; readonly nextBasketId: string };

const slotsMax = 2;
const linesMax = 200;
const quantityMax = 999;
/** The store of a sale if the gateway lists no stores: the ledger accepts no sale without one. */
const onlyStoreId = 'default';
const noSlots: readonly (Suggestion | null)[] = Array(slotsMax).fill(null);

export function emptyTill(basketId: string): TillState {
  return {
    basketId,
    storeId: null,
    customerId: '',
    agentId: '',
    mayPersonalise: false,
    lines: [],
    settled: {},
    answer: null,
    slots: noSlots,
    selectedProductId: null,
  };
}

export function reduceTill(state: TillState, action: TillAction): TillState {
  switch (action.type) {
    case 'product-added':
      return addProduct(state, action.product);
    case 'quantity-set':
      return setQuantity(state, action.productId, action.quantity);
    case 'price-set':
      return changeLine(state, action.productId, { unitPrice: Math.max(0, action.unitPrice) });
    case 'line-selected':
      return { ...state, selectedProductId: action.productId };
    case 'answer-arrived':
      return takeAnswer(state, action.answer, action.audience);
    case 'offers-withdrawn':
      return { ...state, answer: null, slots: noSlots };
    case 'offer-settled':
      return settleOffer(state, action.suggestion, action.result);
    case 'store-chosen':
      return { ...state, storeId: action.storeId };
    case 'customer-named':
      return nameCustomer(state, action.customerId);
    case 'consent-answered':
      return { ...state, mayPersonalise: action.mayPersonalise };
    case 'agent-named':
      return { ...state, agentId: action.agentId };
    case 'basket-closed':
      return { ...emptyTill(action.nextBasketId), storeId: state.storeId, agentId: state.agentId };
  }
}

/** A different customer has not consented to anything yet. */
function nameCustomer(state: TillState, customerId: string): TillState {
  return customerId === state.customerId ? state : { ...state, customerId, mayPersonalise: false };
}

function addProduct(state: TillState, product: Product): TillState {
  const line = state.lines.find((candidate) => candidate.productId === product.id);
  if (line) return setQuantity(state, line.productId, line.quantity + 1);
  if (state.lines.length >= linesMax) return state;
  const added: BasketLine = {
    productId: product.id,
    name: product.name,
    unitPrice: product.unitPrice ?? null,
    quantity: 1,
  };
  return withoutOwnProducts({ ...state, lines: [...state.lines, added], selectedProductId: product.id });
}

function setQuantity(state: TillState, productId: string, quantity: number): TillState {
  if (quantity > 0) {
    const changed = changeLine(state, productId, { quantity: Math.min(quantityMax, Math.floor(quantity)) });
    return { ...changed, selectedProductId: productId };
  }
  const index = state.lines.findIndex((line) => line.productId === productId);
  const lines = state.lines.filter((line) => line.productId !== productId);
  const neighbour = lines[Math.min(index, lines.length - 1)]?.productId ?? null;
  const left = { ...state, lines, selectedProductId: neighbour };
  return lines.length > 0 ? left : { ...left, answer: null, slots: noSlots };
}

function changeLine(state: TillState, productId: string, change: Partial<BasketLine>): TillState {
  const lines = state.lines.map((line) => (line.productId === productId ? { ...line, ...change } : line));
  return { ...state, lines };
}

function takeAnswer(state: TillState, answer: Answer, audience: Channel): TillState {
  if (answer.basketId !== state.basketId || state.lines.length === 0) return state;
  const offered = answer.suggestions
    .filter((suggestion) => !isTaken(state, suggestion.productId) && mayOffer(suggestion, audience))
    .slice(0, slotsMax);
  // An agent reads one prompt at a time: the one being read moves to the front and stays there while it is offered.
  const previous = audience === 'call' ? state.slots.filter((slot) => slot !== null) : state.slots;
  return { ...state, answer, slots: arrangeSlots(previous, offered) };
}

function settleOffer(state: TillState, suggestion: Suggestion, result: OfferResult): TillState {
  const settled = { ...state.settled, [suggestion.productId]: result };
  const next = withoutOwnProducts({ ...state, settled });
  if (result !== 'accepted') return next;
  const { productId: id, name, unitPrice = null } = suggestion;
  return addProduct(next, { id, name, unitPrice });
}

/** A suggestion that is still offered keeps its slot; the others fill the free slots in rank order. */
export function arrangeSlots(
  previous: readonly (Suggestion | null)[],
  offered: readonly Suggestion[],
): (Suggestion | null)[] {
  const waiting = new Map(offered.map((suggestion) => [suggestion.productId, suggestion]));
  const slots = Array.from({ length: slotsMax }, (_, index) => {
    const id = previous[index]?.productId;
    const kept = id === undefined ? undefined : waiting.get(id);
    if (kept) waiting.delete(kept.productId);
    return kept ?? null;
  });
  for (const suggestion of waiting.values()) {
    const free = slots.indexOf(null);
    if (free >= 0) slots[free] = suggestion;
  }
  return slots;
}

function withoutOwnProducts(state: TillState): TillState {
  if (!state.slots.some((slot) => slot && isTaken(state, slot.productId))) return state;
  return {
    ...state,
    slots: state.slots.map((slot) => (slot && isTaken(state, slot.productId) ? null : slot)),
  };
}

function isTaken(state: TillState, productId: string): boolean {
  return productId in state.settled || state.lines.some((line) => line.productId === productId);
}

/** A customer may learn what others bought, but never anything about stock or margins. */
const customerSafeCodes = new Set(['bought-together', 'similar-baskets', 'goes-with', 'popular', 'pinned']);

export function reasonsFor(suggestion: Suggestion, audience: Channel): readonly Reason[] {
  if (audience === 'call') return suggestion.reasons;
  return suggestion.reasons.filter((reason) => customerSafeCodes.has(reason.code));
}

function mayOffer(suggestion: Suggestion, audience: Channel): boolean {
  return audience === 'till' || (suggestion.reasons.length > 0 && Boolean(suggestion.pitch));
}

export function totalOf(state: TillState): number {
  const cents = state.lines.reduce(
    (sum, line) => sum + Math.round((line.unitPrice ?? 0) * 100) * line.quantity,
    0,
  );
  return cents / 100;
}

export function itemCountOf(state: TillState): number {
  return state.lines.reduce((sum, line) => sum + line.quantity, 0);
}

export function isPayable(state: TillState): boolean {
  return state.lines.length > 0 && state.lines.every((line) => line.unitPrice !== null);
}

export function liveBasketOf(state: TillState, channel: Channel, language: Language): LiveBasket {
  const inBasket = new Set(state.lines.map((line) => line.productId));
  return {
    basketId: state.basketId,
    ...(state.storeId === null ? {} : { storeId: state.storeId }),
    channel,
    language,
    limit: slotsMax,
    basket: state.lines.map(wireLine),
    declined: Object.keys(state.settled).filter((productId) => !inBasket.has(productId)),
    ...(state.customerId === ''
      ? {}
      : { customerId: state.customerId, consent: { personalise: state.mayPersonalise } }),
    ...(state.agentId === '' ? {} : { agentId: state.agentId }),
  };
}

export function saleOf(
  state: TillState,
  facts: Pick<SaleEvent, 'id' | 'at' | 'channel' | 'currency'>,
): SaleEvent {
  const digits = minorDigitsOf(facts.currency);
  return {
    ...facts,
    type: 'sale',
    basketId: state.basketId,
    storeId: state.storeId ?? onlyStoreId,
    ...(state.agentId === '' ? {} : { agentId: state.agentId }),
    lines: state.lines.map(({ productId, quantity, unitPrice }) => ({
      productId,
      quantity,
      unitPrice: Number((unitPrice ?? 0).toFixed(digits)),
    })),
  };
}

function minorDigitsOf(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

function wireLine({ productId, quantity, unitPrice }: BasketLine) {
  return { productId, quantity, ...(unitPrice === null ? {} : { unitPrice }) };
}
