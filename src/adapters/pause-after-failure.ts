import { setTimeout as pause } from 'node:timers/promises';
import type { RedisConnection } from './redis-connection.ts';
import { OutOfTime } from './settle-within.ts';

export const RETRY_MS = 100;
const RETRY_MS_MAX = 2_000;

/** Waits before Redis is asked again: twice as long after each failure, up to a limit. @param failures in a row, from 1 */
export async function pauseAfterFailure(
  client: RedisConnection,
  error: Error,
  failures: number,
): Promise<void> {
  // When the network is lost, the other end never closes the connection.
  if (error instanceof OutOfTime) client.disconnect(true);
  await pause(Math.min(RETRY_MS * 2 ** (failures - 1), RETRY_MS_MAX), undefined, { ref: false });
}
