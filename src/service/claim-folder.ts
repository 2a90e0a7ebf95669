import { FolderTaken } from '../adapters/folder-claims.ts';
import type { DataFolder } from '../adapters/lmdb-data-folder.ts';
import type { Config } from '../config.ts';
import type { Log } from '../gateway/telemetry-port.ts';

/**
 * Claims the folder for this gateway until it is closed: another one would work in it unheard, unless both have Redis.
 *
 * @throws FolderTaken (rejects); the folder is closed then
 */
export async function claimFolder(
  folder: DataFolder,
  { redisUrl }: Pick<Config, 'redisUrl'>,
  log: Pick<Log, 'warn'>,
): Promise<void> {
  try {
    await folder.claims.take(redisUrl !== undefined);
  } catch (error) {
    if (error instanceof FolderTaken) {
      await folder.close();
      throw error;
    }
    log.warn({ err: error }, 'cannot tell whether another gateway works in this data folder');
  }
}
