import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { EMBEDDED_ACCESS } from '../../src/gateway/access.ts';
import { NOBODY } from '../../src/gateway/change.ts';
import { createOrphanedBaskets, fromWhole } from '../../src/gateway/live-basket.ts';
import { LIVE_LIMITS, type LiveLimits, LiveSession } from '../../src/gateway/live-session.ts';
import { type BasketRoom, createBasketRoom } from '../../src/gateway/open-baskets.ts';
import { type LiveBasketMessage, liveMessageSchema } from '../../src/gateway/wire.ts';
import type { RankedCandidates, ResultCache } from '../../src/recommender/result-cache.ts';
import type { LiveMessage } from '../support/live-client.ts';
import { openTestGateway, type TestGateway } from '../support/test-gateway.ts';

/** A socket in the test's hand: what is sent stays here, and `bufferedAmount` says how far behind its reader is. */
class HeldSocket {
  readonly OPEN = 1;
  readonly sent: LiveMessage[] = [];
  readyState = 1;
  bufferedAmount = 0;
  closing: { code: number; reason: string } | undefined;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(code: number, reason: string): void {
    this.readyState = 2;
    this.closing = { code, reason };
  }
  of(type: string): LiveMessage[] {
    return this.sent.filter((message) => message.type === type);
  }
}

/** A cache that answers each question when the test lets it. */
class HeldCache implements ResultCache {
  readonly state = 'connected';
  readonly waiting: (() => void)[] = [];

  async getOrCompute(_: string, compute: () => RankedCandidates) {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return { value: compute(), source: 'miss' as const, isStoreAvailable: true };
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const limits: LiveLimits = { ...LIVE_LIMITS, bufferedBytesMax: 1000, slowReaderMs: 5000 };
let gateway: TestGateway;
let cache: HeldCache;
let socket: HeldSocket;
let session: LiveSession;
let room: BasketRoom;

function open(): LiveSession {
  return new LiveSession(
    gateway.parts,
    socket as unknown as WebSocket,
    { orphans: createOrphanedBaskets(NOBODY), room },
    limits,
    EMBEDDED_ACCESS,
  );
}

function tell(message: object): void {
  session.receive(JSON.stringify(message));
}

const basket = (seq: number, productId = 'phone') => ({
  type: 'basket',
  basketId: 'b1',
  seq,
  basket: [{ productId }],
});
const outcome = (id: string) => ({
  id,
  type: 'outcome',
  at: '2026-05-01T10:00:00Z',
  decisionId: 'd',
  productId: 'case',
  result: 'accepted',
});

beforeEach(() => {
  cache = new HeldCache();
  gateway = openTestGateway({ cache });
  socket = new HeldSocket();
  room = createBasketRoom(10_000);
  session = open();
});

afterEach(() => gateway.close());

describe('of the states of one basket', () => {
  test('only the newest that came while an answer was under way is answered', async () => {
    tell(basket(1));
    await vi.waitFor(() => expect(cache.waiting).toHaveLength(1));
    for (const seq of [2, 3, 4]) tell(basket(seq, 'cereal'));
    cache.waiting[0]!();
    await vi.waitFor(() => expect(cache.waiting).toHaveLength(2));
    expect(socket.sent).toEqual([]);
    cache.waiting[1]!();
    await vi.waitFor(() => expect(socket.of('suggestions')).toHaveLength(1));
    expect(socket.sent[0]).toMatchObject({ seq: 4, suggestions: [{ productId: 'milk-a' }, {}] });
    expect(gateway.telemetry.count('skipped superseded')).toBe(3);
  });

  test('an older one that comes late changes nothing', async () => {
    tell(basket(5));
    tell(basket(3, 'cereal'));
    await vi.waitFor(() => expect(cache.waiting).toHaveLength(1));
    cache.waiting[0]!();
    await vi.waitFor(() =>
      expect(socket.sent).toMatchObject([{ seq: 5, suggestions: [{ productId: 'case' }, {}] }]),
    );
  });

  test('none is answered once the basket is closed', async () => {
    tell(basket(1));
    tell({ type: 'close', basketId: 'b1' });
    tell({ type: 'hello' });
    await new Promise(setImmediate);
    expect(cache.waiting).toEqual([]);
    expect(socket.sent.map(({ type }) => type)).toEqual(['hello']);
  });

  test('baskets of other ids wait for none of this', async () => {
    tell(basket(1));
    tell({ ...basket(1), basketId: 'b2' });
    await vi.waitFor(() => expect(cache.waiting).toHaveLength(2));
    cache.waiting[1]!();
    await vi.waitFor(() => expect(socket.sent).toMatchObject([{ basketId: 'b2', seq: 1 }]));
  });
});

describe('baskets of more bytes than there is room for', () => {
  const large = (basketId: string, seq = 1) => ({
    ...basket(seq),
    basketId,
    declined: Array.from({ length: 20 }, (_, at) => `${'x'.repeat(100)}${at}`),
  });

  test('make room for the newest, and a change to an evicted one asks for the whole basket', async () => {
    for (const id of ['b1', 'b2', 'b3', 'b4']) tell(large(id));
    expect(room.calculatedSize).toBeLessThanOrEqual(10_000);
    tell({ type: 'change', basketId: 'b4', seq: 2 });
    tell({ type: 'change', basketId: 'b1', seq: 2 });
    expect(socket.sent).toMatchObject([{ type: 'resync', basketId: 'b1' }]);
    tell(large('b1', 3));
    tell({ type: 'change', basketId: 'b1', seq: 4 });
    expect(socket.of('resync').filter(({ basketId }) => basketId === 'b1')).toHaveLength(1);
  });

  test('are requested again if one was evicted before it could be answered', async () => {
    for (const id of ['b1', 'b2']) tell(large(id));
    await vi.waitFor(() => expect(socket.of('resync')).toMatchObject([{ basketId: 'b1' }]));
    expect(cache.waiting).toHaveLength(1);
  });

  test('free their room when their socket closes, and those without a socket are bounded too', () => {
    tell(large('b1'));
    session.end();
    expect(room.size).toBe(0);
    const orphans = createOrphanedBaskets(NOBODY, 10_000);
    const request = liveMessageSchema.parse(large('b'));
    for (const id of ['b1', 'b2', 'b3']) orphans.keep(id, fromWhole(request as LiveBasketMessage));
    const kept = ['b1', 'b2', 'b3'].filter((id) => orphans.take(id, () => true));
    expect(kept).toEqual(['b3']);
  });
});

describe('a reader that is behind', () => {
  beforeEach(() => {
    socket.bufferedAmount = 1001;
  });

  test('gets no suggestions until it has read, and then the next', async () => {
    tell(basket(1));
    await vi.waitFor(() => expect(cache.waiting).toHaveLength(1));
    cache.waiting[0]!();
    await vi.waitFor(() => expect(gateway.telemetry.count('skipped slow-reader')).toBe(1));
    expect(socket.sent).toEqual([]);
    socket.bufferedAmount = 0;
    tell(basket(2));
    await vi.waitFor(() => expect(cache.waiting).toHaveLength(2));
    cache.waiting[1]!();
    await vi.waitFor(() => expect(socket.of('suggestions')).toMatchObject([{ seq: 2 }]));
  });

  test('gets every acknowledgement', async () => {
    tell({ type: 'outcome', event: outcome('e1') });
    tell({ type: 'outcome', event: outcome('e2') });
    await vi.waitFor(() =>
      expect(socket.of('stored')).toEqual([
        { type: 'stored', id: 'e1', status: 'stored' },
        { type: 'stored', id: 'e2', status: 'stored' },
      ]),
    );
  });

  test.each([
    ['suggestions', () => tell(basket(1))],
    ['acknowledgements', () => tell({ type: 'outcome', event: outcome('e1') })],
    ['problems', () => session.receive('garbage')],
    ['pings', () => session.ping()],
  ])('for too long is closed with a reason, even if only %s wait for it', async (_, act) => {
    session.ping();
    gateway.clock.ticks += 5001;
    expect(socket.closing).toBeUndefined();
    act();
    await vi.waitFor(() => {
      for (const answer of cache.waiting) answer();
      expect(socket.closing).toEqual({ code: 1008, reason: 'the reader is too slow' });
    });
  });

  test('now and then is not closed', () => {
    session.ping();
    socket.bufferedAmount = 0;
    gateway.clock.ticks += 3000;
    session.ping();
    socket.bufferedAmount = 1001;
    gateway.clock.ticks += 3000;
    session.ping();
    expect(socket.closing).toBeUndefined();
  });
});

describe('a message', () => {
  test('above the rate closes the socket with a reason, and none is read after it', () => {
    for (let i = 0; i <= limits.messagesBurst; i++) tell({ type: 'pong' });
    expect(socket.closing).toEqual({ code: 1008, reason: 'more than 100 messages a second' });
    tell({ type: 'hello' });
    expect(socket.sent).toEqual([]);
  });

  test('within the rate over a while is accepted', () => {
    for (let second = 0; second < 60; second++) {
      for (let i = 0; i < 100; i++) tell({ type: 'pong' });
      gateway.clock.ticks += 1000;
    }
    expect(socket.closing).toBeUndefined();
  });

  test('that cannot be used is answered with a problem that names its basket or event', async () => {
    tell({ ...basket(1), basket: [{}] });
    tell({ type: 'outcome', event: { id: 'e1' } });
    tell({ type: 'change', basketId: 7, seq: 1 });
    await vi.waitFor(() => expect(socket.of('stored')).toHaveLength(1));
    expect(socket.of('problem')).toMatchObject([
      { basketId: 'b1', problem: 'invalid-input', status: 400, errors: [{ path: 'basket[0].productId' }] },
      { problem: 'invalid-input', errors: [{ path: 'basketId' }] },
    ]);
    expect(socket.of('stored')).toMatchObject([{ id: 'e1', status: 'rejected' }]);
  });

  test('with an outcome may hold it as an event or be it', async () => {
    tell({ type: 'outcome', event: outcome('e1') });
    tell(outcome('e2'));
    tell({ type: 'outcome', event: { ...outcome('e3'), type: 'shown' } });
    await vi.waitFor(() =>
      expect(socket.of('stored').map(({ status }) => status)).toEqual(Array(3).fill('stored')),
    );
  });

  test.each([
    '',
    'null',
    '7',
    '[]',
    '{}',
    '{"type":"dance"}',
    '{"type":{}}',
    '\u0000',
    '{"type":"hello","resume":[{}]}',
  ])('of garbage is answered with a problem: %j', (text) => {
    session.receive(text);
    expect(socket.sent).toMatchObject([{ type: 'problem', status: 400, detail: expect.any(String) }]);
    expect(socket.closing).toBeUndefined();
  });
});
