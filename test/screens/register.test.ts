import { beforeEach, describe, expect, test } from 'vitest';
import { EventQueue } from '../../src/screens/event-queue.ts';
import type { LiveConnection, LiveConnectionOptions } from '../../src/screens/live-connection.ts';
import type { Answer, BasketEvent, LiveBasket } from '../../src/screens/live-protocol.ts';
import { MemoryTextStore } from '../../src/screens/memory-text-store.ts';
import { PageHold } from '../../src/screens/page-hold.ts';
import { Register } from '../../src/screens/register.ts';

const milk = { id: 'milk', name: 'Whole Milk', unitPrice: 1.19 };
const tea = { productId: 'tea', name: 'Tea', unitPrice: 2, reasons: [{ code: 'popular' }], pitch: 'Tea?' };
const cake = { ...tea, productId: 'cake', name: 'Cake', pitch: 'Cake?' };

/** Stands where the socket would be: keeps what it is given. */
class ConnectionSpy
  implements Pick<LiveConnection, 'show' | 'record' | 'close' | 'seq' | 'start' | 'stop' | 'retryNow'>
{
  readonly baskets: LiveBasket[] = [];
  readonly events: BasketEvent[] = [];
  readonly closed: string[] = [];
  isStopped = false;
  seq = 0;
  show(basket: LiveBasket): void {
    this.seq++;
    this.baskets.push(basket);
  }
  record(event: BasketEvent): void {
    this.events.push(event);
  }
  close(basketId: string): void {
    this.closed.push(basketId);
  }
  start(): void {}
  stop(): void {
    this.isStopped = true;
  }
  retryNow(): void {}
}

let store: MemoryTextStore;
let spy: ConnectionSpy;
let hooks: Pick<LiveConnectionOptions, 'onAnswer' | 'onStatus' | 'lastSeq'>;

let pages = 0;

function open(): Register {
  let ids = 0;
  spy = new ConnectionSpy();
  return new Register({
    channel: 'till',
    language: 'en',
    store,
    queue: new EventQueue(store),
    hold: new PageHold(store, 'basketlift.till.page', `page-${++pages}`),
    connect: (given) => {
      hooks = given;
      return spy as unknown as LiveConnection;
    },
    newId: () => `id-${++ids}`,
    timestamp: () => '2026-05-01T10:00:00+02:00',
  });
}

function answerTo(register: Register, decisionId: string): Answer {
  return { basketId: register.state.basketId, seq: spy.seq, decisionId, suggestions: [tea, cake] };
}

function offeredBy(register: Register): string[] {
  return register.state.slots.flatMap((slot) => slot?.productId ?? []);
}

beforeEach(() => {
  store = new MemoryTextStore();
});

test('the open basket and its sequence number survive a reload', () => {
  const before = open();
  before.add(milk);
  before.add(milk);
  const after = open();
  expect(after.state.lines).toEqual(before.state.lines);
  expect(after.state.basketId).toBe(before.state.basketId);
  expect(hooks.lastSeq).toBe(3);
});

test('something unreadable in the storage opens an empty basket', () => {
  store.setItem('basketlift.till.basket', '{"state":');
  expect(open().state.lines).toEqual([]);
});

test('a suggestion is recorded as shown once per decision', () => {
  const register = open();
  register.add(milk);
  hooks.onAnswer(answerTo(register, 'd1'));
  register.shown(tea);
  register.shown(tea);
  hooks.onAnswer(answerTo(register, 'd2'));
  register.shown(tea);
  expect(spy.events.map((event) => event.type === 'shown' && event.decisionId)).toEqual(['d1', 'd2']);
});

test('an outcome names the decision, the basket and the result', () => {
  const register = open();
  register.add(milk);
  hooks.onAnswer(answerTo(register, 'd1'));
  register.settleOffer(tea, 'declined');
  expect(spy.events).toEqual([
    {
      id: 'id-2',
      type: 'outcome',
      at: '2026-05-01T10:00:00+02:00',
      decisionId: 'd1',
      basketId: 'id-1',
      productId: 'tea',
      result: 'declined',
      channel: 'till',
    },
  ]);
  expect(spy.baskets.at(-1)?.declined).toEqual(['tea']);
});

test('an offer is answered once, and not at all once it has gone from the screen', () => {
  const register = open();
  register.add(milk);
  hooks.onAnswer(answerTo(register, 'd1'));
  register.settleOffer(tea, 'declined');
  register.settleOffer(tea, 'accepted');
  hooks.onAnswer({ ...answerTo(register, 'd2'), suggestions: [] });
  register.settleOffer(cake, 'accepted');
  expect(spy.events.map((event) => event.type === 'outcome' && event.productId)).toEqual(['tea']);
  expect(register.state.lines.map(({ productId }) => productId)).toEqual(['milk']);
});

test('paying records the sale, closes the basket and opens another', () => {
  const register = open();
  expect(register.pay()).toBe(false);
  register.add(milk);
  expect(register.pay()).toBe(true);
  expect(spy.events).toMatchObject([{ type: 'sale', basketId: 'id-1', currency: 'XXX' }]);
  expect(spy.closed).toEqual(['id-1']);
  expect(register.state.lines).toEqual([]);
  expect(register.state.basketId).not.toBe('id-1');
  expect(register.receipt).toEqual({ total: 1.19, wasConnected: false });
});

test('a sale before the page is let in is in the last known currency', () => {
  open().useModel({ currency: 'EUR' });
  const register = open();
  expect(register.currency).toBe('EUR');
  register.add(milk);
  register.pay();
  expect(spy.events).toMatchObject([{ type: 'sale', currency: 'EUR' }]);
});

describe('without a connection, an offer', () => {
  let register: Register;

  beforeEach(() => {
    register = open();
    register.add(milk);
    hooks.onAnswer(answerTo(register, 'd1'));
    hooks.onStatus('offline');
  });

  test('stays while the basket is the one that it was made to', () => {
    expect(offeredBy(register)).toEqual(['tea', 'cake']);
    register.settleOffer(tea, 'declined');
    expect(offeredBy(register)).toEqual(['cake']);
  });

  test.each([
    ['what is in the basket', () => register.add({ id: 'soup', name: 'Soup', unitPrice: 3 })],
    ['the language', () => register.speak('nl')],
    ['the customer', () => register.dispatch({ type: 'customer-named', customerId: 'c1' })],
  ])('goes when %s changes', (_what, change) => {
    change();
    expect(offeredBy(register)).toEqual([]);
  });

  test('goes when the connection breaks before the changed basket is answered', () => {
    hooks.onStatus('connected');
    register.speak('nl');
    expect(offeredBy(register)).toEqual(['tea', 'cake']);
    hooks.onStatus('reconnecting');
    expect(offeredBy(register)).toEqual([]);
  });
});

test('the language of the customer survives a reload', () => {
  open().speak('nl');
  expect(open().language).toBe('nl');
});

describe('a register that is opened again in another page', () => {
  test('sells only in that page: no basket is paid twice', () => {
    const first = open();
    const firstSpy = spy;
    first.add(milk);
    const second = open();
    expect(first.pay()).toBe(false);
    expect(first.isTakenOver).toBe(true);
    expect(firstSpy).toMatchObject({ events: [], isStopped: true });
    expect(second.pay()).toBe(true);
    expect(second.isTakenOver).toBe(false);
  });

  test('stores its basket only from that page: a paid basket never replaces the open one', () => {
    const first = open();
    const firstHooks = hooks;
    first.add(milk);
    const second = open();
    second.pay();
    second.add({ id: 'soup', name: 'Soup', unitPrice: 3 });
    firstHooks.onStatus('connected');
    first.add(milk);
    first.speak('nl');
    first.useModel({ currency: 'EUR' });
    expect(open().state.lines).toEqual(second.state.lines);
  });
});
