/**
 * Before a part of a list goes with the focus in it: the list itself has the focus then, so that who uses the keyboard goes on
 * from there. The list is the nearest section, which `tabIndex={-1}` lets have it.
 */
export function keepFocusNear(part: HTMLElement | null): void {
  if (part?.contains(document.activeElement)) part.closest('section')?.focus({ preventScroll: true });
}
