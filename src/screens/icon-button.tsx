import type { ComponentChildren } from 'preact';

interface IconButtonProps {
  /** Read out, and shown when it is pointed at. */
  readonly label: string;
  readonly onPress: () => void;
  readonly test?: string;
  /** A further class. */
  readonly kind?: string;
  /** What is drawn, in a square of 24. */
  readonly children: ComponentChildren;
}

/** A button that is drawn instead of written. */
export function IconButton({ label, onPress, test, kind, children }: IconButtonProps) {
  return (
    <button
      type="button"
      class={kind ? `icon-button ${kind}` : 'icon-button'}
      onClick={onPress}
      aria-label={label}
      title={label}
      data-test={test}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        {children}
      </svg>
    </button>
  );
}
