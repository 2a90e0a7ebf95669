import { EventQueue } from './event-queue.ts';
import { liveUrl, postEvents } from './gateway-api.ts';
import { localTimestamp, newId } from './identifiers.ts';
import { keyWanted } from './key-wanted.ts';
import { LiveConnection } from './live-connection.ts';
import type { Channel, Language } from './live-protocol.ts';
import { PageHold } from './page-hold.ts';
import { Register } from './register.ts';

/** A register that uses this browser's storage and clock, and a socket to the page's origin. */
export function createRegister(channel: Channel, language: Language): Register {
  const queue = new EventQueue(localStorage);
  let { logIns } = keyWanted;
  const register = new Register({
    channel,
    language,
    store: localStorage,
    queue,
    hold: new PageHold(localStorage, `basketlift.${channel}.page`, newId()),
    connect: (hooks) =>
      new LiveConnection({
        ...hooks,
        onProblem: (problem) => {
          if (problem.status === 401) keyWanted.refused(logIns);
          else hooks.onProblem?.(problem);
        },
        queue,
        postEvents,
        openSocket: () => {
          ({ logIns } = keyWanted);
          return new WebSocket(liveUrl(location));
        },
      }),
    newId,
    timestamp: () => localTimestamp(new Date()),
  });
  for (const moment of ['storage', 'pageshow']) addEventListener(moment, () => register.isHeld());
  addEventListener('online', () => register.networkReturned());
  register.start();
  return register;
}
