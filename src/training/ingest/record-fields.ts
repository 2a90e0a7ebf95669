import { isUtf8 } from 'node:buffer';

/** Windows-1252 where it differs from Latin-1 (bytes 80 to 9F); undefined bytes stay what they are. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** The text of a record: UTF-8 where the bytes are valid UTF-8, else Windows-1252, which includes the printable part of Latin-1. */
export function decodeRecord(bytes: Buffer): { text: string; isUtf8: boolean } {
  if (isUtf8(bytes)) return { text: bytes.toString('utf8'), isUtf8: true };
  const text = bytes.toString('latin1').replace(/[\x80-\x9f]/g, (c) => WINDOWS_1252[c.charCodeAt(0) - 0x80]!);
  return { text, isUtf8: false };
}

/** What is written so that a spreadsheet keeps it as text: ="00123". */
const KEPT_AS_TEXT = /^\s*="(.*)"\s*$/s;

/** Splits one whole record, quotes resolved. The record's quotes must add up, as RecordScanner guarantees. */
export function splitFields(record: string, delimiter: string): string[] {
  if (!record.includes('"')) return record.split(delimiter);
  const fields = splitQuoted(record, delimiter);
  return record.includes('=') ? fields.map((field) => field.replace(KEPT_AS_TEXT, '$1')) : fields;
}

function splitQuoted(record: string, delimiter: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (record[at] === '"') {
      let text = '';
      let from = at + 1;
      let quote = record.indexOf('"', from);
      while (record[quote + 1] === '"') {
        text += record.slice(from, quote + 1);
        from = quote + 2;
        quote = record.indexOf('"', from);
      }
      fields.push(text + record.slice(from, quote));
      at = quote + 1;
    } else {
      const next = record.indexOf(delimiter, at);
      const end = next < 0 ? record.length : next;
      fields.push(record.slice(at, end));
      at = end;
    }
    if (at >= record.length) return fields;
    at++;
  }
}
