import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RedisCircuit } from '../../src/adapters/redis-circuit.ts';

const PROBE_MS = 10;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An open circuit whose connection is what the test says. */
function opened(link: { isReady: boolean; hasPeer: boolean }) {
  const reconnect = vi.fn();
  const circuit = new RedisCircuit(
    {
      isReady: () => link.isReady,
      hasPeer: () => link.hasPeer,
      probe: () => new Promise(() => {}),
      reconnect,
      onOpen: () => {},
    },
    { probeIntervalMs: PROBE_MS, probeTimeoutMs: PROBE_MS },
  );
  circuit.open();
  return { circuit, reconnect };
}

test.each([
  ['that answers no probe', true],
  ['that does not finish its greeting', false],
])('a peer %s is replaced after four probes, again and again', (_, isReady) => {
  const { reconnect } = opened({ isReady, hasPeer: true });
  vi.advanceTimersByTime(4 * PROBE_MS);
  expect(reconnect).not.toHaveBeenCalled();
  vi.advanceTimersByTime(PROBE_MS);
  expect(reconnect).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(5 * PROBE_MS);
  expect(reconnect).toHaveBeenCalledTimes(2);
});

test('a connection that waited long for its peer gets the whole time for its greeting', () => {
  const link = { isReady: false, hasPeer: false };
  const { reconnect } = opened(link);
  vi.advanceTimersByTime(20 * PROBE_MS);
  link.hasPeer = true;
  vi.advanceTimersByTime(4 * PROBE_MS);
  expect(reconnect).not.toHaveBeenCalled();
  vi.advanceTimersByTime(PROBE_MS);
  expect(reconnect).toHaveBeenCalledTimes(1);
});

test('a circuit that is stopped probes no more', () => {
  const { circuit, reconnect } = opened({ isReady: true, hasPeer: true });
  circuit.stop();
  vi.advanceTimersByTime(100 * PROBE_MS);
  expect(reconnect).not.toHaveBeenCalled();
});
