interface SegmentChoiceProps<Choice extends string> {
  /** What is chosen, for who cannot see it. */
  readonly legend: string;
  readonly choices: readonly Choice[];
  readonly chosen: Choice;
  readonly labelOf: (choice: Choice) => string;
  readonly onChoose: (choice: Choice) => void;
  /** Before the name of each button in tests. */
  readonly test: string;
}

/** Buttons side by side, one of which is pressed. */
export function SegmentChoice<Choice extends string>(props: SegmentChoiceProps<Choice>) {
  const { legend, choices, chosen, labelOf, onChoose, test } = props;
  return (
    <fieldset class="segments">
      <legend class="hidden-label">{legend}</legend>
      {choices.map((choice) => (
        <button
          key={choice}
          type="button"
          aria-pressed={choice === chosen}
          onClick={() => onChoose(choice)}
          data-test={`${test}-${choice}`}
        >
          {labelOf(choice)}
        </button>
      ))}
    </fieldset>
  );
}
