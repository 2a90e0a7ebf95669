const CELL_WIDTH_MIN = 3;

/** A Markdown table with aligned columns, as the formatter would leave it; cells are texts. */
export function markdownTable(header, rows) {
  const widths = header.map((_, column) =>
    Math.max(CELL_WIDTH_MIN, ...[header, ...rows].map((row) => row[column].length)),
  );
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
