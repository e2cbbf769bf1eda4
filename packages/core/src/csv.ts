type Cell = string | number | boolean | null | undefined

/** What a spreadsheet would take for a formula is text. */
const cellOf = (value: Cell): string => {
  if (typeof value !== 'string') return value === null || value === undefined ? '' : String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const linesOf = (lines: readonly (readonly unknown[])[]): string =>
  lines.map((line) => `${line.map((cell) => cellOf(cell as Cell)).join(',')}\r\n`).join('')

type Row<Column extends string> = { [Name in Column]?: Cell }

const cellsOf = <Column extends string>(columns: readonly Column[], rows: readonly Row<Column>[]) =>
  rows.map((row) => columns.map((name) => row[name]))

/** A table as CSV (RFC 4180), with a line of headings. */
export const csvOf = <Column extends string>(columns: readonly Column[], rows: readonly Row<Column>[]): string =>
  linesOf([columns, ...cellsOf(columns, rows)])

/** So many rows of a long table are read at once. */
export const csvPageRows = 1000

/**
 * A table of any length as CSV, page by page: the next page is read once the one before it was taken, so that one page at most is held, however
 * slow the reader. `read` answers at most `csvPageRows` rows, those after the last one.
 */
export async function* csvInPages<Column extends string, Line extends Row<Column>>(
  columns: readonly Column[],
  read: (last: Line | undefined) => Promise<readonly Line[]>,
): AsyncGenerator<string> {
  yield csvOf(columns, [])
  let last: Line | undefined
  while (true) {
    const page = await read(last)
    if (page.length > 0) yield linesOf(cellsOf(columns, page))
    if (page.length < csvPageRows) return
    last = page.at(-1)
  }
}
