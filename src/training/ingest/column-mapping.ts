import { comparableName, type Field, fieldNamed, namesOf } from './column-names.ts';
import { IngestError } from './ingest-error.ts';

/** Where a field's value comes from: one column, several joined, or the quotient of two. Columns are indexes. */
interface ColumnSource {
  readonly columns: readonly number[];
  readonly how: 'one' | 'joined' | 'quotient';
  /** The same in the file's own names, for the report. */
  readonly text: string;
}

export type ColumnMapping = ReadonlyMap<string, ColumnSource>;

/**
 * Which of a file's columns hold our fields. `overrides` maps our names, full or usual (`basket`, `price`), to the file's: a column, `a+b`
 * for several joined, or `a/b` for a quotient of two. A product without an id is known by its name. Without `overrides` columns cannot be
 * named: a file that lacks one has to be changed.
 */
export function mapColumns(
  path: string,
  header: readonly string[],
  fields: readonly Field[],
  overrides?: Readonly<Record<string, string>>,
): ColumnMapping {
  const mapping = new Map<string, ColumnSource>();
  for (const [key, source] of Object.entries(overrides ?? {})) {
    const field = fieldNamed(key, fields);
    if (field === undefined) throw unknownField(key, fields);
    mapping.set(field.name, parseSource(path, header, field, source));
  }
  const names = namesOfLines(header, fields);
  for (const field of fields) {
    if (mapping.has(field.name)) continue;
    const column = findColumn(names, namesOf(field));
    if (column !== undefined)
      mapping.set(field.name, { columns: [column], how: 'one', text: header[column]! });
  }
  const name = mapping.get('name');
  if (!mapping.has('product_id') && name !== undefined) mapping.set('product_id', name);
  refuseMissing(path, header, fields, mapping, overrides !== undefined);
  return mapping;
}

/** How many columns of a header have a name of ours or a usual one. */
export function countKnownNames(header: readonly string[], fields: readonly Field[]): number {
  return namesOfLines(header, fields).filter((name) => fieldNamed(name, fields) !== undefined).length;
}

const OF_A_LINE = /^line ?item /i;

/**
 * In Shopify's orders the columns on lines are called "Lineitem …", and "Name" is that of the order: its id where there is no other, and
 * never the product's.
 */
function namesOfLines(header: readonly string[], fields: readonly Field[]): readonly string[] {
  if (!header.some((name) => OF_A_LINE.test(name))) return header;
  const hasBasket = header.some((name) => fieldNamed(name, fields)?.name === 'basket_id');
  const ofOrder = hasBasket ? '' : 'order';
  return header.map((name) => (comparableName(name) === 'name' ? ofOrder : name.replace(OF_A_LINE, '')));
}

function findColumn(header: readonly string[], names: readonly string[]): number | undefined {
  for (const name of names) {
    const exact = header.indexOf(name);
    if (exact >= 0) return exact;
    const wanted = comparableName(name);
    const column = header.findIndex((candidate) => comparableName(candidate) === wanted);
    if (column >= 0) return column;
  }
  return undefined;
}

function parseSource(path: string, header: readonly string[], field: Field, source: string): ColumnSource {
  const whole = findColumn(header, [source]);
  if (whole !== undefined) return { columns: [whole], how: 'one', text: header[whole]! };
  const how = source.includes('+') ? 'joined' : source.includes('/') ? 'quotient' : 'one';
  const separator = how === 'joined' ? '+' : '/';
  const names = how === 'one' ? [source] : source.split(separator);
  const columns = names.map((name) => {
    const column = findColumn(header, [name.trim()]);
    if (column === undefined) throw columnAbsent(path, header, field, name.trim());
    return column;
  });
  if (how === 'quotient' && (field.holds !== 'number' || columns.length !== 2)) {
    throw new IngestError({
      came: `--columns ${field.name}=${source}`,
      wanted: 'a quotient of two columns, for a column of numbers',
      todo: 'Name one column, or a/b for a price or a cost',
    });
  }
  if (how === 'joined' && (field.holds === 'number' || field.holds === 'time')) {
    throw new IngestError({
      came: `--columns ${field.name}=${source}`,
      wanted: `one column, because ${field.name} is not text`,
      todo: 'Join columns for ids and categories only; a column of times is found by the name sold_time',
    });
  }
  return { columns, how, text: columns.map((column) => header[column]!).join(separator) };
}

function refuseMissing(
  path: string,
  header: readonly string[],
  fields: readonly Field[],
  mapping: ColumnMapping,
  canBeNamed: boolean,
): void {
  const missing = fields.filter((field) => field.isRequired && !mapping.has(field.name));
  if (missing.length === 0) return;
  const names = missing.map((field) => field.name);
  throw new IngestError({
    came: `${path} has the columns ${listed(header)}, none of which is known as ${names.join(' or ')}`,
    wanted: missing
      .map((field) => `${field.name} (also ${field.aliases.slice(0, 6).join(', ')}, …)`)
      .join('; '),
    todo: whatToDo(header, names, mapping, canBeNamed),
  });
}

function whatToDo(
  header: readonly string[],
  missing: readonly string[],
  mapping: ColumnMapping,
  canBeNamed: boolean,
): string {
  const isTitle = mapping.size === 0 && header.filter((name) => name !== '').length === 1;
  if (isTitle) return 'Remove what stands above the line that names the columns';
  if (!canBeNamed) return 'Give them one of these names in the first line of the file';
  const pairs = missing.map((name) => `${name.replace('_id', '')}=COLUMN`).join(',');
  return `Say which they are, such as --columns ${pairs}; COLUMN may be several joined, a+b`;
}

function columnAbsent(path: string, header: readonly string[], field: Field, name: string): IngestError {
  return new IngestError({
    came: `${path} has the columns ${listed(header)}`,
    wanted: `a column "${name}" for ${field.name}, as --columns says`,
    todo: 'Correct --columns',
  });
}

function unknownField(key: string, fields: readonly Field[]): IngestError {
  return new IngestError({
    came: `--columns names "${key}"`,
    wanted: `one of ${fields.map((field) => field.name).join(', ')}`,
    todo: 'Write OURS=THEIRS with our name first',
  });
}

const LISTED_MAX = 40;

function listed(header: readonly string[]): string {
  const shown = header
    .slice(0, LISTED_MAX)
    .map((name) => (name.length > 60 ? `${name.slice(0, 60)}…` : name));
  return shown.join(', ') + (header.length > LISTED_MAX ? `, and ${header.length - LISTED_MAX} more` : '');
}
