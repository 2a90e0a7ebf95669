import type { Change, Changes } from '../../src/gateway/change.ts';

/** Channels of as many processes: what one publishes the others hear at once, as it comes out of a pipe. */
export function joinedChannels(count: number): Changes[] {
  const listeners: ((change: Change) => void)[][] = Array.from({ length: count }, () => []);
  return listeners.map((own) => ({
    publish(change) {
      for (const others of listeners)
        if (others !== own) for (const listener of others) listener(structuredClone(change));
    },
    subscribe(listener) {
      own.push(listener);
    },
  }));
}
