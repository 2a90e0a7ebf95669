import type { IngestedFile } from '../receipts.ts';
import type { LoadedFile } from './loaded-rows.ts';

/** What the report says of a file. */
export function reportedFile({ path, rows, encoding, delimiter, columns }: LoadedFile): IngestedFile {
  return { path, rows, encoding, delimiter, columns };
}

/** Reason → records of all files that are no rows at all. */
export function countBrokenRows(files: readonly LoadedFile[]): Record<string, number> {
  const broken: Record<string, number> = {};
  for (const file of files) {
    for (const [reason, rows] of Object.entries(file.brokenRows))
      broken[reason] = (broken[reason] ?? 0) + rows;
  }
  return broken;
}
