interface KeyButtonProps {
  readonly letter: string;
  readonly label: string;
  readonly kind: 'accept' | 'decline' | 'quiet';
  readonly isOff: boolean;
  readonly onPress: () => void;
  readonly test: string;
}

/** A button that shows the key which does the same. */
export function KeyButton({ letter, label, kind, isOff, onPress, test }: KeyButtonProps) {
  return (
    <button
      type="button"
      class={`button button-${kind}`}
      disabled={isOff}
      onClick={onPress}
      aria-keyshortcuts={letter}
      data-test={test}
    >
      <span class="keycap" aria-hidden="true">
        {letter}
      </span>
      {label}
    </button>
  );
}
