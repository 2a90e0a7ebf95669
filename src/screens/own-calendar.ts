/** Hour at which a business day ends by default. */
const DAY_ENDS_DEFAULT = 4;

/** The calendar to use if the one of the plans is not known: days in this browser's time zone. */
export function ownCalendar(): { readonly timeZone: string; readonly dayEnds: number } {
  return { timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, dayEnds: DAY_ENDS_DEFAULT };
}
