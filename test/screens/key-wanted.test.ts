import { expect, test } from 'vitest';
import { KeyWanted } from '../../src/screens/key-wanted.ts';

test('a refusal that answers a request from before the log-in does not ask for the key again', () => {
  const wanted = new KeyWanted();
  const heard: boolean[] = [];
  wanted.subscribe(() => heard.push(wanted.isWanted));
  const early = wanted.logIns;
  wanted.refused(early);
  wanted.loggedIn();
  wanted.refused(early);
  expect(wanted.isWanted).toBe(false);
  wanted.refused(wanted.logIns);
  expect(heard).toEqual([true, false, true]);
});
