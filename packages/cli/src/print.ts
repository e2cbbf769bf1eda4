/** Files and couriers wrote some of what we print: signs that move a terminal's cursor, or turn its text around, show as a mark. */
const forTerminal = (text: string): string => text.replace(/(?!\n)[\p{Cc}\p{Bidi_Control}]/gu, '\ufffd')

/** The answer of a command goes to standard output: text for people, or `data` as JSON when a program asked for that. */
export const print = (text: string, data: unknown): void =>
  console.log(data ? JSON.stringify(data, null, 2) : forTerminal(text))

/** One line of an answer that goes on. */
export const printLine = (line: string): void => console.log(forTerminal(line))

/** A table as CSV, with the line ends of this machine. */
export const printCsv = (csv: string): void => printLine(csv.replaceAll('\r\n', '\n').trimEnd())

/** Says how what was done is undone, where it can be. */
export const noteUndo = (undo: { id: string } | null): void => {
  if (undo) note(`To undo it within ten minutes: jejak undo ${undo.id}`)
}

/** What is said beside the answer goes to standard error, so that the answer can be piped. */
export const note = (text: string): void => console.error(forTerminal(text))
