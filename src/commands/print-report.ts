import { type Cell, csvText, type ReportTable } from '../gateway/report-table.ts';
import type { ReportFlags } from './report-flags.ts';

/** The answer as it is wanted: JSON, CSV, or the table and notes as text. */
export function print(
  answer: object,
  table: ReportTable,
  flags: ReportFlags,
  notes: readonly string[],
): void {
  if (flags.json) process.stdout.write(`${JSON.stringify(answer)}\n`);
  else if (flags.csv) process.stdout.write(csvText(table));
  else process.stdout.write(`${[...alignedLines(table), ...notes].join('\n')}\n`);
}

const DECIMALS = 4;

/** Columns as wide as their widest cell; numbers to the right. */
export function alignedLines({ columns, rows }: ReportTable): string[] {
  const texts = [columns, ...rows.map((cells) => cells.map(cellText))];
  const widths = columns.map((_, column) => Math.max(...texts.map((cells) => cells[column]!.length)));
  const isNumber = columns.map((_, column) => rows.some((cells) => typeof cells[column] === 'number'));
  return texts.map((cells) =>
    cells
      .map((text, column) =>
        isNumber[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}

function cellText(cell: Cell): string {
  if (cell === null) return '-';
  return typeof cell === 'number' ? String(Number(cell.toFixed(DECIMALS))) : String(cell);
}
