import { expect, test } from 'vitest';
import { logFailure } from '../../src/gateway/log-failure.ts';
import { Problem, problemOf } from '../../src/gateway/problem.ts';
import { EventStoreUnavailable } from '../../src/ledger/event-store.ts';

/** The lines that a failure leaves in the log, as level and message. */
function linesOf(what: 'request' | 'live message', err: unknown): string[] {
  const lines: string[] = [];
  const at = (level: string) => (_facts: object, message: string) => void lines.push(`${level} ${message}`);
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  logFailure(log, what, problemOf(err), { err });
  return lines;
}

test('the log has what a client is not told: faults, and why the disk refuses', () => {
  const full = new EventStoreUnavailable('store-full', 'data folder /srv/x: no space left');
  expect(linesOf('request', new Error('a bug'))).toEqual(['error request failed']);
  expect(linesOf('live message', new Error('a bug'))).toEqual(['error live message failed']);
  expect(linesOf('request', full)).toEqual(['warn the disk does not accept a request']);
  expect(linesOf('live message', full)).toEqual(['warn the disk does not accept a live message']);
  expect(linesOf('request', new Problem('not-found', 'There is none.'))).toEqual([]);
});
