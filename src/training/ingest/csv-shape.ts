import { emptyFile, type FileContent, readBytes } from './byte-source.ts';
import { type Delimiter, findHeaderStart } from './header-start.ts';
import { IngestError } from './ingest-error.ts';
import { decodeRecord, splitFields } from './record-fields.ts';
import { RecordScanner } from './record-scanner.ts';

const HEAD_BYTES = 256 << 10;

/** The format of a text file, recognised from its beginning. */
export interface CsvShape {
  readonly delimiter: Delimiter;
  /** Byte that ends a line; a carriage return before a newline belongs to the line end. */
  readonly newline: 0x0a | 0x0d;
  readonly hasBom: boolean;
  /** Line (from 1) of the header, or of the first basket; before it are only blank lines and Excel's `sep=`. */
  readonly headerLine: number;
  /** Fields of that line. */
  readonly header: readonly string[];
}

/**
 * Reads the beginning of a text file. A stated delimiter (`sep=;`) counts; else `delimiters` are tried in this order, and the one most
 * frequent in the first line wins. A first line without any is a header of one column, or, `withoutHeader`, a single item: then the lines
 * after it decide.
 */
export async function readShape(
  path: string,
  content: FileContent,
  delimiters: readonly Delimiter[],
  { withoutHeader = false } = {},
): Promise<CsvShape> {
  const head = await readHead(path, content);
  refuseUtf16(path, head);
  const hasBom = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  const bytes = hasBom ? head.subarray(3) : head;
  const newline = bytes.includes(0x0a) || !bytes.includes(0x0d) ? 0x0a : 0x0d;
  const text = bytes.toString('latin1');
  const start = findHeaderStart(path, text, newline);
  if (start === undefined) throw emptyFile(path);
  const delimiter =
    start.delimiter ??
    commonest(start.text, delimiters) ??
    (withoutHeader ? furtherOn(text, delimiters) : delimiters[0]!);
  const shape = { delimiter, newline, hasBom, headerLine: start.line } as const;
  return { ...shape, header: readHeader(path, bytes, shape) };
}

/** Names of products hold commas and the like, but no `|`: one is enough. */
function furtherOn(text: string, delimiters: readonly Delimiter[]): Delimiter {
  return text.includes('|') ? '|' : (commonest(text, delimiters) ?? delimiters[0]!);
}

async function readHead(path: string, content: FileContent): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of readBytes(path, content)) {
    parts.push(chunk);
    size += chunk.length;
    if (size >= HEAD_BYTES) break;
  }
  if (size === 0) throw emptyFile(path);
  return Buffer.concat(parts).subarray(0, HEAD_BYTES);
}

/** Also without its mark: then every other byte of plain letters is zero. */
function refuseUtf16(path: string, head: Buffer): void {
  const mark = head.toString('latin1', 0, 2);
  const zeros = head.subarray(0, 64).filter((byte) => byte === 0).length;
  if (mark !== '\u00ff\u00fe' && mark !== '\u00fe\u00ff' && zeros < Math.min(head.length, 64) / 4) return;
  throw new IngestError({
    came: `${path} is UTF-16`,
    wanted: 'UTF-8, Windows-1252 or Latin-1',
    todo: 'Save it as "CSV UTF-8"',
  });
}

/** The delimiter most frequent outside quotes, of equals the first. */
function commonest(text: string, delimiters: readonly Delimiter[]): Delimiter | undefined {
  const unquoted = text.replace(/"[^"]*"/g, '');
  let best: Delimiter | undefined;
  let bestCount = 0;
  for (const delimiter of delimiters) {
    const count = unquoted.split(delimiter).length - 1;
    if (count > bestCount) [best, bestCount] = [delimiter, count];
  }
  return best;
}

function readHeader(path: string, bytes: Buffer, shape: Omit<CsvShape, 'header'>): string[] {
  const { delimiter, newline, headerLine } = shape;
  let header: string[] | undefined;
  const take = (record: Buffer) => {
    header ??= splitFields(decodeRecord(record).text, delimiter).map((name) => name.trim());
  };
  const scanner = new RecordScanner(
    { delimiter: delimiter.charCodeAt(0), newline, path },
    {
      onRecord: (all, start, end, line) => {
        if (line >= headerLine) take(all.subarray(start, end));
      },
      onBrokenQuotes: () => {
        if (header !== undefined) return;
        throw new IngestError({
          came: `the quotes in the first line of ${path} are not balanced`,
          wanted: 'a header line with the names of the columns',
          todo: 'Correct the header',
        });
      },
    },
  );
  scanner.push(bytes);
  scanner.finish();
  if (header === undefined) throw emptyFile(path);
  return header;
}
