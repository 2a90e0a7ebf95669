import { WideTable } from './wide-table.tsx';

interface FigureTableProps {
  readonly label: string;
  readonly test?: string;
  readonly columns: readonly string[];
  /** Number of text columns before the columns with figures. */
  readonly textColumns: number;
  /** Each row has one cell per column; the first cell is the row's header. */
  readonly rows: readonly (readonly string[])[];
}

/** A table of figures that is folded away until it is opened. */
export function FigureTable({ test, ...table }: FigureTableProps) {
  return (
    <details data-test={test} data-on-paper>
      <summary>{table.label}</summary>
      <OpenTable {...table} />
    </details>
  );
}

/** A table of figures. */
export function OpenTable({ label, test, columns, textColumns, rows }: FigureTableProps) {
  return (
    <WideTable label={label}>
      <table data-test={test}>
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th key={column} scope="col" class={at < textColumns ? '' : 'number'}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...cells], row) => (
            <tr key={row}>
              <th scope="row">{name}</th>
              {cells.map((cell, at) => (
                <td key={columns[at + 1]} class={at + 1 < textColumns ? '' : 'number'}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}
