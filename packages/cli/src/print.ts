/** The answer of a command goes to standard output: JSON for programs, text for people. */
export const print = (isJson: boolean, data: unknown, text: string): void =>
  console.log(isJson ? JSON.stringify(data, null, 2) : text)

/** What is said beside the answer goes to standard error, so that the answer can be piped. */
export const note = (text: string): void => console.error(text)
