/**
 * Call this before removing a part of a list. If the focus is within that part, it moves to the list itself, so that keyboard
 * users continue from there. The list is the nearest enclosing section, which must be focusable (`tabIndex={-1}`).
 */
export function keepFocusNear(part: HTMLElement | null): void {
  if (part?.contains(document.activeElement)) part.closest('section')?.focus({ preventScroll: true });
}
