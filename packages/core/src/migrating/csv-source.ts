import { createHash } from 'node:crypto'
import { type CsvLimits, type CsvLine, hasSwallowedLines, readCsvFile } from '../registering/index.ts'
import type { Source, SourceRow } from './source.ts'

const newline = 0x0a

/** Reads a file once, to know its content again. */
const lookThrough = async (file: AsyncIterable<Uint8Array>): Promise<{ hash: string; lines: number }> => {
  const hash = createHash('sha256')
  let lines = 0
  for await (const chunk of file) {
    hash.update(chunk)
    for (const byte of chunk) if (byte === newline) lines += 1
  }
  return { hash: hash.digest('hex'), lines }
}

const nameOf = (cell: string): string => cell.trim()
const cellsOf = (columns: readonly string[], { cells }: CsvLine) =>
  Object.fromEntries(columns.map((name, place) => [name, cells[place] ?? null]))

/** The rows of a CSV file, whose first line names the columns. Its rows have no key of their own: they are told by their line. */
export const openCsvSource = async (open: () => AsyncIterable<Uint8Array>, limits: CsvLimits): Promise<Source> => {
  const { hash, lines } = await lookThrough(open())
  const first = readCsvFile(open(), limits)
  const heading = (await first.next()).value
  await first.return(undefined)
  const columns = heading ? heading.cells.map(nameOf) : []
  return {
    kind: 'csv',
    hash,
    columns,
    rows: Math.max(0, lines - 1),
    readBehind: (position) => readLines(readCsvFile(open(), limits), { columns, skipped: Number(position ?? 0) }),
    close: async () => {},
  }
}

async function* readLines(
  lines: AsyncGenerator<CsvLine>,
  { columns, skipped }: { columns: readonly string[]; skipped: number },
): AsyncGenerator<SourceRow> {
  await lines.next()
  let no = 0
  for await (const line of lines) {
    no += 1
    if (no <= skipped) continue
    const row = { position: String(no), key: `line ${line.from}` }
    if (hasSwallowedLines(line, { width: columns.length })) yield { ...row, cells: null, problem: unclosed }
    else yield { ...row, cells: cellsOf(columns, line) }
  }
}

const unclosed = 'A quotation mark is opened and not closed, so that lines cannot be told apart.'
