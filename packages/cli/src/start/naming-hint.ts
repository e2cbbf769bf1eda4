/** Told while the shop has no name; `jejak` is how the operator runs commands. */
export const namingHint = (jejak: string): string =>
  `The shop has no name yet, and its pages show none: ${jejak} shop --name "Your shop"`
