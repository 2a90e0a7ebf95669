import type { ComponentChildren } from 'preact';

/** A table that scrolls sideways if it is wider than its panel. */
export function WideTable({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
    <section class="wide" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
