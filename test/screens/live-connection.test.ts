import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { EventsRefused } from '../../src/screens/event-delivery.ts';
import { EventQueue } from '../../src/screens/event-queue.ts';
import {
  backoffMs,
  type ConnectionStatus,
  LiveConnection,
  type LiveConnectionOptions,
} from '../../src/screens/live-connection.ts';
import type { Answer, BasketEvent, LiveBasket, ShownEvent } from '../../src/screens/live-protocol.ts';
import { MemoryTextStore } from '../../src/screens/memory-text-store.ts';
import { Arrivals, ScriptedGateway } from './scripted-gateway.ts';

const gateway = new ScriptedGateway();
let answers: Arrivals<Answer>;
let statuses: Arrivals<ConnectionStatus>;
let settled: Arrivals<string>;
let posted: Arrivals<readonly BasketEvent[]>;
let store: MemoryTextStore;
let queue: EventQueue;
let connection: LiveConnection;

function connect(over: Partial<LiveConnectionOptions> = {}): LiveConnection {
  connection = new LiveConnection({
    openSocket: () => new WebSocket(`ws://127.0.0.1:${gateway.port}`) as never,
    queue,
    postEvents: async (events) => {
      posted.push(events);
      throw new Error('gateway is gone');
    },
    onAnswer: (answer) => answers.push(answer),
    onStatus: (status) => statuses.push(status),
    onSettled: (result) => settled.push(`${result.id} ${result.status}`),
    random: () => 0,
    ...over,
  });
  return connection;
}

function basket(lines: Record<string, number>, over: Partial<LiveBasket> = {}): LiveBasket {
  const wire = Object.entries(lines).map(([productId, quantity]) => ({ productId, quantity, unitPrice: 2 }));
  return { basketId: 'b1', channel: 'till', language: 'en', limit: 3, basket: wire, declined: [], ...over };
}

function shown(id: string): ShownEvent {
  return { id, type: 'shown', at: '2026-05-01T10:00:00+02:00', decisionId: 'd1', productId: 'tea' };
}

beforeEach(async () => {
  answers = new Arrivals();
  statuses = new Arrivals();
  settled = new Arrivals();
  posted = new Arrivals();
  store = new MemoryTextStore();
  queue = new EventQueue(store);
  await gateway.listen();
});

afterEach(async () => {
  connection.stop();
  await gateway.stop();
});

describe('a live basket', () => {
  test('is sent whole after the hello, then by its additions', async () => {
    connect().show(basket({ milk: 1 }));
    connection.start();
    expect((await gateway.messages.next()).type).toBe('hello');
    expect(await gateway.messages.next()).toEqual({ type: 'basket', seq: 1, ...basket({ milk: 1 }) });
    connection.show(basket({ milk: 3, tea: 1 }));
    expect(await gateway.messages.next()).toEqual({
      type: 'change',
      basketId: 'b1',
      seq: 2,
      add: [
        { productId: 'milk', quantity: 2, unitPrice: 2 },
        { productId: 'tea', quantity: 1, unitPrice: 2 },
      ],
    });
  });

  test('is sent whole when something was taken away or refused', async () => {
    connect().show(basket({ milk: 2 }));
    connection.start();
    await gateway.messages.next((message) => message.type === 'basket');
    connection.show(basket({ milk: 1 }));
    expect(await gateway.messages.next()).toMatchObject({ type: 'basket', seq: 2 });
    connection.show(basket({ milk: 1 }, { declined: ['tea'] }));
    expect(await gateway.messages.next()).toMatchObject({ type: 'basket', seq: 3, declined: ['tea'] });
  });

  test('takes only the answer to its newest sequence number', async () => {
    connect().show(basket({ milk: 1 }));
    connection.start();
    await gateway.messages.next((message) => message.type === 'basket');
    connection.show(basket({ milk: 2 }));
    await gateway.messages.next((message) => message.type === 'change');
    gateway.answer('b1', 1, 'late');
    gateway.answer('b0', 2, 'another basket');
    gateway.answer('b1', 2, 'newest');
    expect((await answers.next()).decisionId).toBe('newest');
    expect(answers.none).toBe(true);
  });

  test('is sent whole again when the gateway asks for it', async () => {
    connect().show(basket({ milk: 1 }));
    connection.start();
    await gateway.messages.next((message) => message.type === 'basket');
    gateway.send({ type: 'resync', basketId: 'b1' });
    expect(await gateway.messages.next()).toEqual({ type: 'basket', seq: 2, ...basket({ milk: 1 }) });
  });

  test('continues after a restart with a higher sequence number', async () => {
    connect({ lastSeq: 41 }).show(basket({ milk: 1 }));
    connection.start();
    expect((await gateway.messages.next((message) => message.type === 'basket')).seq).toBe(42);
  });

  test('an empty one is not sent', async () => {
    connect().show(basket({}));
    connection.start();
    await statuses.next((status) => status === 'connected');
    connection.close('b1');
    expect((await gateway.messages.next()).type).toBe('hello');
    expect(await gateway.messages.next()).toEqual({ type: 'close', basketId: 'b1' });
  });
});

describe('when the gateway goes away', () => {
  test('the connection comes back by itself and resends the whole basket', async () => {
    connect().show(basket({ milk: 1 }));
    connection.start();
    await gateway.messages.next((message) => message.type === 'basket');
    await gateway.stop();
    await statuses.next((status) => status === 'reconnecting');
    connection.show(basket({ milk: 1, tea: 1 }));
    await gateway.listen();
    expect(await gateway.messages.next()).toEqual({ type: 'hello', resume: true });
    const resent = await gateway.messages.next();
    expect(resent).toMatchObject({ type: 'basket', basket: basket({ milk: 1, tea: 1 }).basket });
    expect(resent.seq).toBeGreaterThan(1);
  });

  test('it is called offline after several failures, and connected again when it is back', async () => {
    connect().start();
    await statuses.next((status) => status === 'connected');
    await gateway.stop();
    await statuses.next((status) => status === 'offline');
    await gateway.listen();
    connection.retryNow();
    await statuses.next((status) => status === 'connected');
  });

  test('a silent server is taken for dead', async () => {
    connect({ silenceMs: 30 }).show(basket({ milk: 1 }));
    connection.start();
    await gateway.sockets.next();
    await statuses.next((status) => status === 'reconnecting');
    await gateway.sockets.next();
  });

  test('every wait is between a quarter and the whole of five seconds at most', () => {
    expect(backoffMs(0, 0)).toBe(125);
    expect(backoffMs(0, 1)).toBe(250);
    expect(backoffMs(4, 1)).toBe(4000);
    expect(backoffMs(50, 1)).toBe(5000);
    expect(backoffMs(50, 0)).toBe(2500);
  });
});

describe('an event', () => {
  test('is kept until the gateway has stored it', async () => {
    connect().start();
    await statuses.next((status) => status === 'connected');
    connection.record(shown('e1'));
    expect(await gateway.messages.next((message) => message.type === 'outcome')).toEqual({
      type: 'outcome',
      event: shown('e1'),
    });
    expect(queue.size).toBe(1);
    gateway.send({ type: 'stored', id: 'e1', status: 'stored' });
    expect(await settled.next()).toBe('e1 stored');
    expect(queue.size).toBe(0);
  });

  test('recorded while offline is posted, survives a reload and is sent with the same id', async () => {
    await gateway.stop();
    connect().start();
    await statuses.next((status) => status === 'reconnecting');
    connection.record(shown('e1'));
    expect(await posted.next()).toEqual([shown('e1')]);
    connection.stop();

    queue = new EventQueue(store);
    await gateway.listen();
    connect().start();
    expect(await gateway.messages.next((message) => message.type === 'outcome')).toMatchObject({
      event: { id: 'e1' },
    });
  });

  test('that the socket does not acknowledge is posted', async () => {
    connect({
      acknowledgeMs: 20,
      postEvents: async (events) => events.map(({ id }) => ({ id, status: 'duplicate' })),
    }).start();
    await statuses.next((status) => status === 'connected');
    connection.record(shown('e1'));
    expect(await settled.next()).toBe('e1 duplicate');
  });

  test('that the gateway will never take does not hold the others back', async () => {
    await gateway.stop();
    queue.add(shown('bad'));
    queue.add(shown('good'));
    connect({
      postEvents: async (events) => {
        if (events.some((event) => event.id === 'bad')) throw new EventsRefused('malformed');
        return events.map(({ id }) => ({ id, status: 'stored' }));
      },
    }).start();
    expect(await settled.next()).toBe('bad rejected');
    expect(await settled.next()).toBe('good stored');
  });

  test('in a full queue gives way to what is worth more', () => {
    connect();
    const small = new EventQueue(new MemoryTextStore(), 2);
    const sale = {
      id: 's1',
      type: 'sale',
      at: shown('').at,
      basketId: 'b',
      storeId: 's1',
      channel: 'till',
      currency: 'USD',
    } as const;
    small.add(shown('e1'));
    small.add({ ...sale, lines: [] });
    small.add({ ...sale, id: 's2', lines: [] });
    expect(small.pending.map((event) => event.id)).toEqual(['s1', 's2']);
    expect(small.lost).toBe(1);
  });
});
