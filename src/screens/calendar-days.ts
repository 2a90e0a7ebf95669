/** Every day from one to another, both included, as `2026-05-01`. */
export function calendarDays(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = new Date(`${from}T12:00:00Z`); ; day.setUTCDate(day.getUTCDate() + 1)) {
    const name = day.toISOString().slice(0, 10);
    if (name > to) return days;
    days.push(name);
  }
}
