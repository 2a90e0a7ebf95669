import { expect, test } from 'vitest';
import {
  connectionsAllowed,
  OTHER_FILES,
  openFilesMax,
  socketsAllowed,
} from '../../src/service/sockets-allowed.ts';

test.each([
  [Number.POSITIVE_INFINITY, 10_000],
  [10_000 + OTHER_FILES, 10_000],
  [4096, 4096 - OTHER_FILES],
  [OTHER_FILES + 1, 1],
  [64, 1],
])('of %d open files, other work keeps its part', (files, sockets) => {
  expect(socketsAllowed(10_000, files)).toBe(sockets);
});

test.each([
  [Number.POSITIVE_INFINITY, 20_000],
  [1024, 874],
  [64, 1],
])('of %d open files, connections leave what the process itself needs', (files, connections) => {
  expect(connectionsAllowed(files)).toBe(connections);
});

test('the limit of the system is a number of files', () => {
  expect(openFilesMax()).toBeGreaterThan(100);
});
