import type { ComponentChildren } from 'preact';

interface IconButtonProps {
  /** The accessible name, also shown as the tooltip. */
  readonly label: string;
  readonly onPress: () => void;
  readonly test?: string;
  /** An additional CSS class. */
  readonly kind?: string;
  /** The SVG content, drawn in a 24 × 24 view box. */
  readonly children: ComponentChildren;
}

/** A button with an icon instead of a text. */
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
