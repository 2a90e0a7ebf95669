interface FigureTilesProps<Name extends string> {
  readonly figures: readonly FigureTile<Name>[];
  readonly chosen: Name;
  readonly onChoose: (name: Name) => void;
  /** Prefix of each tile's `data-test`. */
  readonly test: string;
}

export interface FigureTile<Name extends string> {
  readonly name: Name;
  readonly label: string;
  readonly value: string;
  readonly note?: string;
}

/** Tiles with figures. The chosen one is drawn in the chart below. */
export function FigureTiles<Name extends string>({
  figures,
  chosen,
  onChoose,
  test,
}: FigureTilesProps<Name>) {
  return (
    <ul class="tiles">
      {figures.map(({ name, label, value, note }) => (
        <li key={name}>
          <button
            type="button"
            class="tile-figure"
            aria-pressed={name === chosen}
            onClick={() => onChoose(name)}
            data-test={`${test}-${name}`}
          >
            <span>{label}</span>
            <strong>{value}</strong>
            {note !== undefined && <span>{note}</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}
