/** Files and couriers wrote some of what we print: signs that move a terminal's cursor, or turn its text around, show as a mark. */
const forTerminal = (text: string): string => text.replace(/(?!\n)[\p{Cc}\p{Bidi_Control}]/gu, '\ufffd')

/** The answer of a command goes to standard output: JSON for programs, text for people. */
export const print = (isJson: boolean, data: unknown, text: string): void =>
  console.log(isJson ? JSON.stringify(data, null, 2) : forTerminal(text))

/** What is said beside the answer goes to standard error, so that the answer can be piped. */
export const note = (text: string): void => console.error(forTerminal(text))
