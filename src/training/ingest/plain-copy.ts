import { type FileHandle, open } from 'node:fs/promises';
import { type FileContent, readBytes } from './byte-source.ts';
import type { CsvShape } from './csv-shape.ts';
import { decodeRecord, splitFields } from './record-fields.ts';
import { RecordScanner, type RecordSink } from './record-scanner.ts';

/** Separates the fields of a plain copy; no text file uses it for anything else. */
export const FIELD_SEPARATOR = '\u001f';
const SEPARATOR_BYTE = 0x1f;
const OUT_BYTES = 1 << 20;
const NEWLINE_BYTE = 0x0a;
const BLANK_BYTE = 0x20;

/** What became of a text file's records. */
export interface CopyCounts {
  rows: number;
  brokenRows: Record<string, number>;
  encoding: string;
}

/** A record that cannot be a row: its line, why, and its bytes as they came. */
export type OnBrokenRow = (line: number, reason: string, raw: string) => void;

/**
 * Rewrites a text file as UTF-8 with one record a line, fields trimmed and without quotes, each record led by its physical line number, so
 * that what DuckDB reads can neither break nor lose its line numbers. Control characters become U+0085, so that they stay visible as such
 * without breaking a line. Encodings are told apart record by record.
 */
export class PlainCopy implements RecordSink {
  readonly counts: CopyCounts = { rows: 0, brokenRows: {}, encoding: 'utf-8' };
  readonly #shape: CsvShape;
  readonly #delimiterByte: number;
  readonly #basketLines: boolean;
  readonly #lastLineBefore: number;
  readonly #onBrokenRow: OnBrokenRow | undefined;
  #basketNo: number;
  #out = Buffer.allocUnsafe(OUT_BYTES);
  #length = 0;
  #sawUtf8 = false;
  #saw1252 = false;

  /**
   * With `basketsBefore` every record is a basket of items, numbered on from there, and there is no header: each item
   * becomes a row of basket, item and number of the row.
   */
  constructor(shape: CsvShape, options: { basketsBefore?: number; onBrokenRow?: OnBrokenRow } = {}) {
    this.#shape = shape;
    this.#delimiterByte = shape.delimiter.charCodeAt(0);
    this.#basketLines = options.basketsBefore !== undefined;
    this.#lastLineBefore = this.#basketLines ? shape.headerLine - 1 : shape.headerLine;
    this.#basketNo = options.basketsBefore ?? 0;
    this.#onBrokenRow = options.onBrokenRow;
  }

  get basketsSoFar(): number {
    return this.#basketNo;
  }

  onRecord(bytes: Buffer, start: number, end: number, line: number, quoted: boolean): void {
    if (line <= this.#lastLineBefore) return;
    if (this.#basketLines) this.#copyBasket(bytes.subarray(start, end), line);
    else if (quoted || !this.#copyPlain(bytes, start, end, line))
      this.#copyFields(bytes.subarray(start, end), line);
  }

  onBrokenQuotes(bytes: Buffer, start: number, end: number, line: number): void {
    this.#reject(bytes.subarray(start, end), line, 'broken-quotes');
  }

  /** Bytes written since the last call; valid until the next record. */
  take(): Buffer {
    const written = this.#out.subarray(0, this.#length);
    this.#length = 0;
    return written;
  }

  /** Copies a record byte by byte; false, and nothing copied, where the record needs a closer look. */
  #copyPlain(bytes: Buffer, start: number, end: number, line: number): boolean {
    const before = this.#length;
    const out = this.#room(end - start + 24);
    let to = this.#writeLineNumber(line);
    out[to++] = SEPARATOR_BYTE;
    let fields = 1;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (byte === this.#delimiterByte) {
        while (out[to - 1] === BLANK_BYTE) to--;
        out[to++] = SEPARATOR_BYTE;
        fields++;
      } else if (byte === BLANK_BYTE && out[to - 1] === SEPARATOR_BYTE) {
      } else if (byte >= 0x80 || (byte < 0x20 && byte !== 0x09) || byte === 0x7f) {
        this.#length = before;
        return false;
      } else out[to++] = byte;
    }
    if (fields !== this.#shape.header.length) {
      this.#length = before;
      return false;
    }
    while (out[to - 1] === BLANK_BYTE) to--;
    out[to++] = NEWLINE_BYTE;
    this.#length = to;
    this.counts.rows++;
    return true;
  }

  #copyFields(record: Buffer, line: number): void {
    const fields = splitFields(this.#decode(record), this.#shape.delimiter);
    const width = this.#shape.header.length;
    while (fields.length > width && fields.at(-1) === '') fields.pop();
    if (fields.length === width) this.#write(line, fields);
    else this.#reject(record, line, 'wrong-number-of-columns');
  }

  #copyBasket(record: Buffer, line: number): void {
    const items = splitFields(this.#decode(record), this.#shape.delimiter).filter(
      (item) => item.trim() !== '',
    );
    if (items.length === 0) return;
    this.#basketNo++;
    for (const item of items) this.#write(line, [String(this.#basketNo), item, String(this.counts.rows + 1)]);
  }

  #decode(record: Buffer): string {
    const { text, isUtf8 } = decodeRecord(record);
    if (!isUtf8) this.#saw1252 = true;
    else if (text.length < record.length) this.#sawUtf8 = true;
    if (this.#saw1252) this.counts.encoding = this.#sawUtf8 ? 'utf-8 and windows-1252' : 'windows-1252';
    return text;
  }

  #write(line: number, fields: readonly string[]): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    const safe = fields.map((field) => field.trim().replace(/[\x00-\x08\x0a-\x1f\x7f]/g, '\u0085'));
    const text = `${line}${FIELD_SEPARATOR}${safe.join(FIELD_SEPARATOR)}\n`;
    const out = this.#room(text.length * 3);
    this.#length += out.write(text, this.#length, 'utf8');
    this.counts.rows++;
  }

  #reject(record: Buffer, line: number, reason: string): void {
    this.counts.brokenRows[reason] = (this.counts.brokenRows[reason] ?? 0) + 1;
    this.#onBrokenRow?.(line, reason, decodeRecord(record).text);
  }

  #room(bytes: number): Buffer {
    if (this.#length + bytes > this.#out.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#out.length * 2, this.#length + bytes));
      this.#out.copy(larger, 0, 0, this.#length);
      this.#out = larger;
    }
    return this.#out;
  }

  #writeLineNumber(line: number): number {
    let digits = 1;
    for (let rest = line; rest >= 10; rest = Math.floor(rest / 10)) digits++;
    let rest = line;
    for (let i = this.#length + digits - 1; i >= this.#length; i--) {
      this.#out[i] = 0x30 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    return this.#length + digits;
  }
}

/** Passes a whole text file through a sink, with the BOM left out. */
export async function scanFile(
  file: { path: string; content: FileContent },
  shape: CsvShape,
  sink: RecordSink,
  onChunk: (bytesRead: number) => Promise<void>,
): Promise<void> {
  const format = { delimiter: shape.delimiter.charCodeAt(0), newline: shape.newline, path: file.path };
  const scanner = new RecordScanner(format, sink);
  let bytesRead = 0;
  let skip = shape.hasBom ? 3 : 0;
  for await (const chunk of readBytes(file.path, file.content, (bytes) => {
    bytesRead = bytes;
  })) {
    scanner.push(skip > 0 ? chunk.subarray(skip) : chunk);
    skip = Math.max(0, skip - chunk.length);
    await onChunk(bytesRead);
  }
  scanner.finish();
  await onChunk(bytesRead);
}

/** Writes the plain copy of `file` to `target` and returns what became of its records. */
export async function writePlainCopy(
  file: { path: string; content: FileContent },
  shape: CsvShape,
  target: string,
  options: { basketsBefore?: number; onRead?: (bytes: number) => void },
): Promise<{ counts: CopyCounts; baskets: number }> {
  const copy = new PlainCopy(shape, options);
  const out: FileHandle = await open(target, 'wx', 0o600);
  try {
    await scanFile(file, shape, copy, async (bytesRead) => {
      await out.writeFile(copy.take());
      options.onRead?.(bytesRead);
    });
  } finally {
    await out.close();
  }
  return { counts: copy.counts, baskets: copy.basketsSoFar };
}
