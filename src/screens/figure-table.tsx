import { WideTable } from './wide-table.tsx';

interface FigureTableProps {
  readonly label: string;
  readonly test?: string;
  readonly columns: readonly string[];
  /** Columns before those with figures. */
  readonly textColumns: number;
  /** As many cells as columns; the first names the row. */
  readonly rows: readonly (readonly string[])[];
}

/** Figures that are shown when they are asked for. */
export function FigureTable({ label, test, columns, textColumns, rows }: FigureTableProps) {
  return (
    <details data-test={test} data-on-paper>
      <summary>{label}</summary>
      <WideTable label={label}>
        <table>
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
    </details>
  );
}
