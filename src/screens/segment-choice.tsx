interface SegmentChoiceProps<Choice extends string> {
  /** What the choice is about; for screen readers. */
  readonly legend: string;
  readonly choices: readonly Choice[];
  readonly chosen: Choice;
  readonly labelOf: (choice: Choice) => string;
  readonly onChoose: (choice: Choice) => void;
  /** Prefix of each button's `data-test`. */
  readonly test: string;
}

/** A row of buttons, one of which is pressed. */
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
