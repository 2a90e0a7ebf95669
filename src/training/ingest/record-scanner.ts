import { IngestError } from './ingest-error.ts';

const QUOTE = 0x22;
const CARRIAGE_RETURN = 0x0d;
/** A quoted field that runs on longer than this is a stray quote, not a field. */
const QUOTED_BYTES_MAX = 64 << 10;
const LINE_BYTES_MAX = 1 << 20;
/** What `#quotedEnd` answers instead of the record's end. */
const NEEDS_MORE = -1;
const BROKEN = -2;

/** Receives records in file order. `bytes[start … end)` is the record without its line end, valid during the call. */
export interface RecordSink {
  onRecord(bytes: Buffer, start: number, end: number, line: number, quoted: boolean): void;
  onBrokenQuotes(bytes: Buffer, start: number, end: number, line: number): void;
}

/**
 * Cuts bytes into CSV records and knows the physical line (from 1) on which each starts, even where quoted fields hold line ends. A record
 * whose quotes do not add up is reported by its first line, and scanning goes on at the next line, so that one stray quote costs one row.
 * Blank lines are skipped.
 */
export class RecordScanner {
  readonly #delimiter: number;
  readonly #newline: number;
  readonly #sink: RecordSink;
  readonly #path: string;
  #tail: Buffer = Buffer.alloc(0);
  #line = 1;

  constructor(format: { delimiter: number; newline: number; path: string }, sink: RecordSink) {
    this.#delimiter = format.delimiter;
    this.#newline = format.newline;
    this.#path = format.path;
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    const bytes = this.#tail.length > 0 ? Buffer.concat([this.#tail, chunk]) : chunk;
    this.#tail = bytes.subarray(this.#scan(bytes, false));
    if (this.#tail.length <= LINE_BYTES_MAX + QUOTED_BYTES_MAX) return;
    throw new IngestError({
      came: `line ${this.#line} of ${this.#path} is longer than 1 MiB`,
      wanted: 'a text file with one row a line',
      todo: 'Check that it is a CSV file',
    });
  }

  finish(): void {
    this.#scan(this.#tail, true);
    this.#tail = Buffer.alloc(0);
  }

  /** Returns how many bytes are done with; the rest waits for the next chunk. */
  #scan(bytes: Buffer, isLast: boolean): number {
    let at = 0;
    let quote = bytes.indexOf(QUOTE);
    while (at < bytes.length) {
      const newline = bytes.indexOf(this.#newline, at);
      if (newline < 0 && !isLast) break;
      const lineEnd = newline < 0 ? bytes.length : newline;
      if (quote >= 0 && quote < at) quote = bytes.indexOf(QUOTE, at);
      if (quote < 0 || quote >= lineEnd) {
        this.#emit(bytes, at, lineEnd, false);
        this.#line++;
        at = lineEnd + 1;
        continue;
      }
      const end = this.#quotedEnd(bytes, at, isLast);
      if (end === NEEDS_MORE) break;
      if (end === BROKEN) {
        this.#sink.onBrokenQuotes(bytes, at, withoutReturn(bytes, at, lineEnd), this.#line);
        this.#line++;
        at = lineEnd + 1;
        continue;
      }
      this.#emit(bytes, at, end, true);
      this.#line += 1 + this.#newlinesIn(bytes, at, end);
      at = end + 1;
    }
    return Math.min(at, bytes.length);
  }

  #emit(bytes: Buffer, start: number, lineEnd: number, quoted: boolean): void {
    const end = withoutReturn(bytes, start, lineEnd);
    if (end > start) this.#sink.onRecord(bytes, start, end, this.#line, quoted);
  }

  /** End of a record with quotes in its first line: the index of its line end, NEEDS_MORE or BROKEN. */
  #quotedEnd(bytes: Buffer, start: number, isLast: boolean): number {
    let at = start;
    for (;;) {
      if (bytes[at] === QUOTE) {
        at = closingQuote(bytes, at + 1, start, isLast);
        if (at < 0) return at;
        at++;
        if (at === bytes.length) return isLast ? at : NEEDS_MORE;
        if (bytes[at] === CARRIAGE_RETURN && this.#newline !== CARRIAGE_RETURN) at++;
        if (at === bytes.length) return isLast ? at : NEEDS_MORE;
        if (bytes[at] !== this.#delimiter && bytes[at] !== this.#newline) return BROKEN;
      } else {
        while (at < bytes.length && bytes[at] !== this.#delimiter && bytes[at] !== this.#newline) at++;
        if (at === bytes.length) return isLast ? at : NEEDS_MORE;
      }
      if (bytes[at] === this.#newline) return at;
      at++;
      if (at === bytes.length && isLast) return at;
    }
  }

  #newlinesIn(bytes: Buffer, start: number, end: number): number {
    let count = 0;
    let at = bytes.indexOf(this.#newline, start);
    while (at >= 0 && at < end) {
      count++;
      at = bytes.indexOf(this.#newline, at + 1);
    }
    return count;
  }
}

/** Index of the quote that closes a field whose content starts at `from`, NEEDS_MORE or BROKEN. */
function closingQuote(bytes: Buffer, from: number, recordStart: number, isLast: boolean): number {
  let at = from;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    const reached = quote < 0 ? bytes.length : quote;
    if (reached - recordStart > QUOTED_BYTES_MAX) return BROKEN;
    if (quote < 0) return isLast ? BROKEN : NEEDS_MORE;
    if (quote + 1 === bytes.length && !isLast) return NEEDS_MORE;
    if (bytes[quote + 1] !== QUOTE) return quote;
    at = quote + 2;
  }
}

function withoutReturn(bytes: Buffer, start: number, end: number): number {
  return end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
}
