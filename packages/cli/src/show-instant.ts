/** Shows instants as people at the installation read a clock: `2026-11-21 18:00:00`; a dash for none. */
export const instantShower = (timeZone: string) => {
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone })
  return (instant: Date | string | null): string => (instant === null ? '-' : format.format(new Date(instant)))
}
