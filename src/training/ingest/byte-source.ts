import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { IngestError } from './ingest-error.ts';

const CHUNK_BYTES = 1 << 20;
const HEAD_BYTES = 16;

export type FileContent = 'gzip' | 'parquet' | 'text';

/** What a file holds by its first bytes; refuses the formats that people mistake for CSV, and empty files. */
export async function recogniseContent(path: string): Promise<FileContent> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw new IngestError(
      {
        came: `${path} cannot be opened`,
        wanted: 'a readable file',
        todo: 'Check the path and its permissions',
      },
      { cause },
    );
  });
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    if (bytesRead === 0) throw emptyFile(path);
    const head = buffer.toString('latin1', 0, bytesRead);
    if (head.startsWith('PAR1')) return 'parquet';
    if (head.startsWith('\u001f\u008b')) return 'gzip';
    const mistaken = mistakenForCsv(head);
    if (mistaken !== undefined) {
      throw new IngestError({
        came: `${path} is ${mistaken}`,
        wanted: 'CSV, CSV.gz or Parquet',
        todo: 'Save it as CSV (UTF-8) first',
      });
    }
    return 'text';
  } finally {
    await handle.close();
  }
}

/** What a file is by its first bytes that people mistake for CSV. */
function mistakenForCsv(head: string): string | undefined {
  if (head.startsWith('PK\u0003\u0004')) return 'a zip file or an Excel workbook';
  if (head.startsWith('\u00d0\u00cf\u0011\u00e0')) return 'an Excel workbook';
  const text = head.replace(/^\u00ef\u00bb\u00bf/, '').trimStart();
  if (text.startsWith('<')) return 'HTML or XML';
  return /^(?:\{|\[\s*[{\]])/.test(text) ? 'JSON' : undefined;
}

export function emptyFile(path: string): IngestError {
  return new IngestError({
    came: `${path} is empty`,
    wanted: 'a header line and at least one row',
    todo: 'Export it again or leave it out',
  });
}

/**
 * The decompressed bytes of a file in chunks of about 1 MiB; `onRead` hears how many bytes of the file itself were
 * read so far. A truncated or damaged gzip file ends in an IngestError.
 */
export async function* readBytes(
  path: string,
  content: FileContent,
  onRead?: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // pipeline destroys both ends whichever fails or stops first; the error itself arrives through the iteration.
  const source = content === 'gzip' ? pipeline(file, gunzip, () => {}) : file;
  try {
    for await (const chunk of source) {
      yield chunk as Buffer;
      onRead?.(file.bytesRead);
    }
  } catch (cause) {
    if (cause instanceof IngestError || content !== 'gzip') throw cause;
    throw new IngestError(
      {
        came: `${path} is a gzip file that ends early or is damaged (${(cause as Error).message})`,
        wanted: 'a complete gzip file',
        todo: 'Copy or export it again; nothing of it was used',
      },
      { cause },
    );
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

/** SHA-256 of what a file holds, decompressed. */
export async function digestOf(path: string, content: FileContent): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readBytes(path, content)) hash.update(chunk);
  return hash.digest('hex');
}
