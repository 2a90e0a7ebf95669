import { IngestError } from './ingest-error.ts';

/** What separates the fields of a text file. */
export type Delimiter = ',' | ';' | '\t' | '|';

/** Where a text file begins to say something. */
export interface HeaderStart {
  /** Physical line, from 1. */
  readonly line: number;
  /** That line, as bytes. */
  readonly text: string;
  /** What a line `sep=;` before it states, as Excel writes it. */
  readonly delimiter?: Delimiter;
}

/** A row of empty cells is blank too. */
const BLANK = /^(?:[\s,;|]|"")*$/;
const STATES_DELIMITER = /^\s*"?sep=(.)"?[\s,;|]*$/i;

/** The first line that is neither blank nor `sep=`; undefined where there is none. */
export function findHeaderStart(path: string, text: string, newline: number): HeaderStart | undefined {
  let stated: Delimiter | undefined;
  for (const [i, line] of text.split(String.fromCharCode(newline)).entries()) {
    const delimiter = stated === undefined ? STATES_DELIMITER.exec(line)?.[1] : undefined;
    if (delimiter !== undefined) stated = knownDelimiter(path, delimiter);
    else if (!BLANK.test(line)) return { line: i + 1, text: line, ...(stated && { delimiter: stated }) };
  }
  return undefined;
}

function knownDelimiter(path: string, text: string): Delimiter {
  if (text === ',' || text === ';' || text === '\t' || text === '|') return text;
  throw new IngestError({
    came: `${path} states "sep=${text}"`,
    wanted: 'a comma, a semicolon, a tab or a vertical bar between fields',
    todo: 'Export it with one of these',
  });
}
