type Cell = string | number | boolean | null | undefined

/** What a spreadsheet would take for a formula is text. */
const cellOf = (value: Cell): string => {
  if (typeof value !== 'string') return value === null || value === undefined ? '' : String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A table as CSV (RFC 4180), with a line of headings. */
export const csvOf = <Column extends string>(
  columns: readonly Column[],
  rows: readonly { [Name in Column]?: Cell }[],
): string =>
  [columns, ...rows.map((row) => columns.map((name) => cellOf(row[name])))]
    .map((line) => `${line.join(',')}\r\n`)
    .join('')
