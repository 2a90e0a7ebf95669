import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A part that takes the focus when it appears, because what had it is gone; it needs a tabIndex. */
export function useFocused<Part extends HTMLElement>(isWanted = true): RefObject<Part> {
  const part = useRef<Part>(null);
  useEffect(() => {
    if (isWanted) part.current?.focus();
  }, []);
  return part;
}
