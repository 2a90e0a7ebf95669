import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord, splitFields } from '../../../src/training/ingest/record-fields.ts';
import { RecordScanner } from '../../../src/training/ingest/record-scanner.ts';

type Seen = { line: number; fields: string[] } | { line: number; broken: string };

function scan(bytes: Buffer, chunkBytes: number): Seen[] {
  const seen: Seen[] = [];
  const scanner = new RecordScanner(
    { delimiter: 0x2c, newline: 0x0a, path: 'f.csv' },
    {
      onRecord: (all, start, end, line) =>
        seen.push({ line, fields: splitFields(all.toString('utf8', start, end), ',') }),
      onBrokenQuotes: (all, start, end, line) =>
        seen.push({ line, broken: all.toString('utf8', start, end) }),
    },
  );
  for (let at = 0; at < bytes.length; at += chunkBytes) scanner.push(bytes.subarray(at, at + chunkBytes));
  scanner.finish();
  return seen;
}

describe('record scanner', () => {
  it('gives back any table of fields, with the right lines, however it is cut into chunks', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r', ' '), maxLength: 6 });
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        table,
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (rows, chunkBytes, endsWithNewline) => {
          const quoted = rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(','));
          const text = quoted.join('\r\n') + (endsWithNewline ? '\r\n' : '');
          let line = 1;
          const expected = rows.map((fields, i) => {
            const start = line;
            line += quoted[i]!.split('\n').length;
            return { line: start, fields };
          });
          expect(scan(Buffer.from(text), chunkBytes)).toEqual(expected);
        },
      ),
    );
  });

  it('loses one line to a stray quote, not the rest of the file', () => {
    const text = 'a,b\n1,"12 inch, pan\n2,"fine, really"\n3,x\n"x"y,1\n4,"open\n5,z\n';
    for (const chunkBytes of [1, 7, 1000]) {
      expect(scan(Buffer.from(text), chunkBytes)).toEqual([
        { line: 1, fields: ['a', 'b'] },
        { line: 2, broken: '1,"12 inch, pan' },
        { line: 3, fields: ['2', 'fine, really'] },
        { line: 4, fields: ['3', 'x'] },
        { line: 5, broken: '"x"y,1' },
        { line: 6, broken: '4,"open' },
        { line: 7, fields: ['5', 'z'] },
      ]);
    }
  });

  it('counts blank lines and takes a quote inside an unquoted field as it is', () => {
    expect(scan(Buffer.from('a,b\n\n\r\n12" pan,1\n'), 3)).toEqual([
      { line: 1, fields: ['a', 'b'] },
      { line: 4, fields: ['12" pan', '1'] },
    ]);
  });

  it('never throws on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (bytes, chunkBytes) => {
        scan(Buffer.from(bytes), chunkBytes);
      }),
    );
  });
});

describe('encodings', () => {
  it('reads UTF-8 as such and anything else as Windows-1252', () => {
    expect(decodeRecord(Buffer.from('Café €'))).toEqual({ text: 'Café €', isUtf8: true });
    expect(decodeRecord(Buffer.from([0x43, 0x61, 0x66, 0xe9, 0x20, 0x80]))).toEqual({
      text: 'Café €',
      isUtf8: false,
    });
  });
});
