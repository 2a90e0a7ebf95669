import { type FileContent, recogniseContent } from './byte-source.ts';
import { countKnownNames, mapColumns } from './column-mapping.ts';
import type { Field } from './column-names.ts';
import { type CsvShape, readShape } from './csv-shape.ts';
import type { Delimiter } from './header-start.ts';
import { IngestError } from './ingest-error.ts';
import type { SourceFile } from './source-files.ts';

/** What the columns of a text file are looked up in. */
export interface TextReading {
  readonly fields: readonly Field[];
  readonly columns?: Readonly<Record<string, string>> | undefined;
  /** Whether a text file without the required columns may be one basket a line. */
  readonly mayBeBasketLines: boolean;
}

const TXT = /\.txt(?:\.gz)?$/i;
const TXT_OR_BASKET = /\.(?:txt|basket)(?:\.gz)?$/i;
/** In a `.txt` file the less likely mark in a text comes first. */
const IN_TXT: readonly Delimiter[] = ['\t', ';', ',', '|'];
/** A line with so many names of ours is no basket. */
const HEADER_NAMES_MIN = 2;

/**
 * `.basket` files hold one basket a line, and so do `.txt` files whose first line is no header: it lacks the required columns, and names
 * no two others of ours.
 */
export async function recogniseText(
  path: string,
  content: FileContent,
  { fields, columns, mayBeBasketLines }: TextReading,
): Promise<{ shape: CsvShape; basketLines: boolean }> {
  if (!mayBeBasketLines || !TXT_OR_BASKET.test(path)) {
    const delimiters: readonly Delimiter[] = TXT.test(path) ? IN_TXT : [',', ';', '\t', '|'];
    return { shape: await readShape(path, content, delimiters), basketLines: false };
  }
  if (TXT.test(path)) {
    const shape = await readShape(path, content, IN_TXT);
    const isTable =
      Object.keys(columns ?? {}).length > 0 ||
      countKnownNames(shape.header, fields) >= HEADER_NAMES_MIN ||
      whyUnmapped(path, shape, fields) === undefined;
    if (isTable) return { shape, basketLines: false };
  }
  const shape = await readShape(path, content, ['|', '\t', ';', ','], { withoutHeader: true });
  return { shape, basketLines: true };
}

/**
 * Leaves out those `.txt` files found in folders that are no table with the required columns: they may be anything, such as a note on
 * the others. `notices` says of each why.
 */
export async function leaveOutOtherTexts(
  sources: readonly SourceFile[],
  options: TextReading,
): Promise<{ paths: string[]; notices: string[] }> {
  const paths: string[] = [];
  const reasons: string[] = [];
  for (const { path, isNamed } of sources) {
    const reason = isNamed || !TXT.test(path) ? undefined : await whyNoTable(path, options);
    if (reason === undefined) paths.push(path);
    else reasons.push(reason);
  }
  if (paths.length === 0) {
    throw new IngestError({
      came: reasons.join('; '),
      wanted: 'in a folder, a text file whose first line names the columns',
      todo: 'Name the file itself, and with --columns what its columns are',
    });
  }
  const notices = reasons.map((reason) => `${reason}: left out; name the file itself if it is to be read`);
  return { paths, notices };
}

async function whyNoTable(path: string, { fields, columns }: TextReading): Promise<string | undefined> {
  try {
    const content = await recogniseContent(path);
    if (content === 'parquet') return undefined;
    return whyUnmapped(path, await readShape(path, content, IN_TXT), fields, columns);
  } catch (error) {
    return refusal(error).came;
  }
}

/** Why the columns of a file cannot be told; undefined where they can. */
function whyUnmapped(
  path: string,
  { header }: CsvShape,
  fields: readonly Field[],
  columns?: Readonly<Record<string, string>>,
): string | undefined {
  try {
    mapColumns(path, header, fields, columns);
    return undefined;
  } catch (error) {
    return refusal(error).came;
  }
}

function refusal(error: unknown): IngestError {
  if (error instanceof IngestError) return error;
  throw error;
}
