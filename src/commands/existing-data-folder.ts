import {
  type DataFolder,
  type DataFolderOptions,
  isDataFolder,
  openDataFolder,
} from '../adapters/lmdb-data-folder.ts';
import { readConfig } from '../config.ts';

/** Opens the data folder of a gateway, which may be running. @throws Error where there is none: an empty one is no help */
export function openExistingDataFolder(options: DataFolderOptions = {}): DataFolder {
  const { data } = readConfig(process.env);
  if (isDataFolder(data)) return openDataFolder(data, options);
  throw new Error(`There is no data folder ${data}: set BASKETLIFT_DATA to that of the gateway.`);
}
