import { useEffect, useRef } from 'preact/hooks';
import { IconButton } from './icon-button.tsx';
import type { Language } from './live-protocol.ts';
import type { ManagerTranslation } from './manager-english.ts';
import { momentName } from './period-name.ts';

export function PrintButton({ t }: { t: ManagerTranslation }) {
  return (
    <IconButton label={t.print} onPress={() => window.print()} test="print">
      <path d="M7 8V3h10v5M7 17H4a1 1 0 0 1-1-1v-6a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v6a1 1 0 0 1-1 1h-3M7 14h10v7H7z" />
    </IconButton>
  );
}

interface PrintHeadingProps {
  readonly t: ManagerTranslation;
  readonly language: Language;
  readonly store: string;
}

/** A heading that appears only on paper: which store the figures are for, and when they were printed. */
export function PrintHeading({ t, language, store }: PrintHeadingProps) {
  const printed = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      prepareForPaper(() => {
        // Set synchronously: what is rendered later does not get onto the paper.
        printed.current!.textContent = t.printed(momentName(new Date(), language));
      }),
    [t, language],
  );
  return (
    <p class="print-only print-heading" data-test="print-heading">
      <strong>{store}</strong> · <span ref={printed} />
    </p>
  );
}

/**
 * Before the page is printed, even from the browser's own menu, opens the tables of figures behind the charts. After printing, those
 * that were folded away are folded away again.
 */
function prepareForPaper(beforePrint: () => void): () => void {
  let opened: HTMLDetailsElement[] = [];
  const prepare = () => {
    beforePrint();
    opened = [...document.querySelectorAll<HTMLDetailsElement>('details[data-on-paper]:not([open])')];
    for (const details of opened) details.open = true;
  };
  const restore = () => {
    for (const details of opened) details.open = false;
  };
  window.addEventListener('beforeprint', prepare);
  window.addEventListener('afterprint', restore);
  return () => {
    window.removeEventListener('beforeprint', prepare);
    window.removeEventListener('afterprint', restore);
  };
}
