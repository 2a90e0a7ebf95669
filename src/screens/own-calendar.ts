/** Hour at which a business day ends where nobody has said otherwise. */
const DAY_ENDS_DEFAULT = 4;

/** How days are counted where the plans' calendar is not known: by this screen's own zone. */
export function ownCalendar(): { readonly timeZone: string; readonly dayEnds: number } {
  return { timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, dayEnds: DAY_ENDS_DEFAULT };
}
