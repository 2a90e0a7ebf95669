import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { described, namedSchema } from '../support/described-values.ts';
import { mismatchWith } from '../support/documented.ts';
import { type ListeningGateway, listenTestGateway } from '../support/listening-gateway.ts';

const SEED = Number(process.env.BASKETLIFT_TEST_SEED ?? 20260501);
/** Sockets, each with up to FRAMES_MAX frames. */
const RUNS = Number(process.env.BASKETLIFT_FUZZ_RUNS ?? 200);
const FRAMES_MAX = 20;

let gateway: ListeningGateway;

beforeAll(async () => {
  gateway = await listenTestGateway({ messagesPerSecond: 1e6, messagesBurst: 1e6 });
});

afterAll(() => gateway.close());

const message = described(namedSchema('LiveMessage'));
/** An outcome as the description has it in words: the event inside, or as the message. */
const event = described(namedSchema('Event'));
const outcome = fc.oneof(
  event.map((inside) => ({ type: 'outcome', event: inside })),
  event.map((itself) => Object.assign({}, itself, { type: 'outcome' })),
);
const frame: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  { weight: 20, arbitrary: fc.oneof(message, outcome).map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 50 }) },
);

function lastOutcome(number: number) {
  const facts = { at: '2026-05-01T10:00:00Z', decisionId: 'd', productId: 'case', result: 'accepted' };
  return { id: `last-${number}`, type: 'outcome', ...facts };
}

test(
  `${RUNS} sockets with frames of any kind hear what is described, and harm nobody`,
  async () => {
    console.log(`frames: seed ${SEED}`);
    const heard = new Set<string>();
    let opened = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: FRAMES_MAX }), async (frames) => {
        const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/v1/live`);
        const answers: unknown[] = [];
        socket.on('message', (data) => answers.push(JSON.parse(String(data))));
        await once(socket, 'open');
        const closed = once(socket, 'close');
        for (const each of frames) socket.send(each);
        // An acknowledgement waits for the disk: when it comes, all before it is answered.
        socket.send(JSON.stringify(lastOutcome(opened++)));
        const isLast = (data: unknown) => String(data).includes('"id":"last-');
        const last = new Promise<void>((resolve) => {
          socket.on('message', (data) => isLast(data) && resolve());
        });
        await Promise.race([last, closed]);
        socket.close();
        const [code] = await closed;
        const isBinary = frames.some((each) => typeof each !== 'string');
        expect(code).toBe(isBinary ? 1003 : 1005);
        for (const answer of answers) {
          expect(mismatchWith('LiveAnswer', answer)).toBeUndefined();
          const { type, status } = answer as { type: string; status?: number | string };
          heard.add(type);
          if (typeof status === 'number') expect(status).toBeLessThan(500);
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
    expect([...heard].sort()).toEqual(['hello', 'problem', 'resync', 'stored', 'suggestions']);
    expect(gateway.lines.filter(({ level }) => level === 'error')).toEqual([]);
    const question = { basket: [{ productId: 'phone' }], storeId: 's1' };
    expect((await gateway.post('/v1/suggestions', question)).status).toBe(200);
  },
  30_000 + RUNS * 50,
);
