import type { LoadedFile } from './loaded-rows.ts';

/** What could be read and may still not be what was meant, a sentence each. */
export function receiptNotices(files: readonly LoadedFile[]): string[] {
  return copies(files);
}

function copies(files: readonly LoadedFile[]): string[] {
  return files.flatMap(({ path, copyOf }) =>
    copyOf === undefined ? [] : [`${path} holds the same as ${copyOf}: its baskets are counted once`],
  );
}
