import { isUtf8 } from 'node:buffer'
import { readTrackingNumbers } from '@jejak/contract'
import { CsvError, parse } from 'csv-parse'
import { countHeadings } from './csv-columns.ts'

/** Why a file cannot be read on. */
export type CsvProblemKind = 'no_columns' | 'too_large' | 'too_many_lines' | 'unreadable'

/** A file that ends here; the message is one sentence for the person who sent it. */
export class CsvFileError extends Error {
  readonly kind: CsvProblemKind
  constructor(kind: CsvProblemKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

export type CsvLimits = { bytesMax: number; linesMax: number }
/** The cells of one line of a file; `line` counts from 1, and is the last where quoted cells have line ends; `from` is the first. */
export type CsvLine = { from: number; line: number; cells: string[]; delimiter: string }

const isBarePhone = (text: string): boolean => /^6?01\d{8,9}$/.test(text)
const holdsNumber = (text: string): boolean =>
  text.replace(/\D/g, '').length > 4 && !isBarePhone(text) && readTrackingNumbers(text).numbers.length > 0

/**
 * Whether a cell has swallowed lines, since its quotation mark was meant for a sign: one of its lines has as many cells as the heading, or a
 * tracking number between delimiters or beside a quotation mark, or it has more cells. `own` are the columns that may hold several numbers.
 */
export const hasSwallowedLines = (
  { cells, delimiter }: CsvLine,
  { width, own = [] }: { width: number; own?: readonly number[] | undefined },
): boolean =>
  cells.some((cell, index) => {
    const [first = '', ...rest] = cell.split(/\r\n|\n|\r/).map((line) => line.split(delimiter))
    if (rest.length === 0) return false
    if (cells.findLastIndex((each) => each.trim() !== '') >= width) return true
    if (!cell.includes(delimiter) && !cell.includes('"')) return false
    if (width > 2 && rest.some((line) => line.length >= width)) return true
    const pieces = [...first, ...rest.flat()].map((piece) => piece.replaceAll('"', '').trim())
    return !own.includes(index) && pieces.some(holdsNumber)
  })

const newline = 0x0a
const delimiters = [',', ';', '\t', '|'] as const
const headBytesMax = 65_536
const lineBytesMax = 20_000
/** Titles, empty cells and the like may stand in so many lines before the heading. */
export const linesBeforeHeadingMax = 20

const cellsOf = (line: string, delimiter: string): string[] =>
  line.split(delimiter).map((cell) => cell.trim().replace(/^"|"$/g, ''))

/**
 * The delimiter of a file, from its first lines: the one by which one of them becomes a heading of the most cells, or that `sep=` names; else
 * the one that stands most often in the first line. Spreadsheets write what their country uses.
 */
export const detectDelimiter = (head: string): string => {
  const lines = head.split(/\r\n|\n|\r/).slice(0, linesBeforeHeadingMax)
  const named = /^\uFEFF?"?sep="?(.)"*$/i.exec(lines[0] ?? '')?.[1]
  if (named) return named
  const bare = (line: string) => line.replace(/"[^"]*"/g, (quoted) => quoted.replace(/[,;\t|]/g, ' '))
  const known = (line: string) => Math.max(...delimiters.map((delimiter) => countHeadings(cellsOf(line, delimiter))))
  const counted = lines.map(bare).map((line) => ({ line, known: known(line) }))
  const heading = counted.reduce((best, one) => (one.known > best.known ? one : best))
  const first = heading.line
  const counts = delimiters.map((delimiter) => ({ delimiter, times: first.split(delimiter).length }))
  return counts.reduce((best, one) => (one.times > best.times ? one : best)).delimiter
}

/** How files begin that are no text with cells. */
const otherFiles = [
  { begins: 'PK\u0003\u0004', is: 'an Excel workbook (.xlsx)' },
  { begins: '\u00d0\u00cf\u0011\u00e0', is: 'an old Excel workbook (.xls)' },
  { begins: '%PDF', is: 'a PDF' },
  { begins: '\u001f\u008b', is: 'a compressed file' },
] as const

const refuseOtherFiles = (head: Buffer): void => {
  const start = head.subarray(0, 8).toString('latin1')
  const other = otherFiles.find(({ begins }) => start.startsWith(begins))
  if (other)
    throw new CsvFileError(
      'unreadable',
      `This is ${other.is}, not a CSV file. Open it in a spreadsheet, save it as CSV (UTF-8) and send that.`,
    )
}

/** UTF-16 by its mark, or by the zeros that stand beside plain letters. */
const encodingOf = (head: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' => {
  const [first, second, third, fourth] = head
  if ((first === 0xff && second === 0xfe) || (first && second === 0 && third && fourth === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second && third === 0 && fourth)) return 'utf-16be'
  return 'utf-8'
}

const notUtf8 = (line: number): CsvFileError =>
  new CsvFileError(
    'unreadable',
    `Line ${line} is neither UTF-8 nor UTF-16, so its letters cannot be told. Open the file in a spreadsheet, save it as CSV (UTF-8) and send that.`,
  )

/** The same bytes, by whole lines that are UTF-8. */
async function* onlyUtf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let line = 1
  let begun = Buffer.alloc(0)
  for await (const chunk of bytes) {
    const whole = Buffer.concat([begun, chunk])
    const end = whole.lastIndexOf(newline) + 1
    if (!isUtf8(whole.subarray(0, end))) throw notUtf8(line + linesBeforeNotUtf8(whole))
    if (end > 0) yield whole.subarray(0, end)
    for (const byte of chunk) if (byte === newline) line += 1
    begun = whole.subarray(end)
    // The parser says what it thinks of such a line.
    if (begun.length <= lineBytesMax) continue
    yield begun
    begun = Buffer.alloc(0)
  }
  if (!isUtf8(begun)) throw notUtf8(line)
  yield begun
}

const linesBeforeNotUtf8 = (bytes: Buffer): number => {
  let [from, lines] = [0, 0]
  for (let end = bytes.indexOf(newline); isUtf8(bytes.subarray(from, end)); end = bytes.indexOf(newline, from)) {
    from = end + 1
    lines += 1
  }
  return lines
}

async function* toUtf8(bytes: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of bytes) yield Buffer.from(decoder.decode(chunk, { stream: true }))
  yield Buffer.from(decoder.decode())
}

async function* withinBytes(bytes: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Uint8Array> {
  let read = 0
  for await (const chunk of bytes) {
    read += chunk.byteLength
    if (read > bytesMax)
      throw new CsvFileError('too_large', `The file is larger than ${Number((bytesMax / 1_048_576).toFixed(2))} MiB.`)
    yield chunk
  }
}

async function* chain(head: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

/** Reads the first lines, so that encoding and delimiter can be told. */
const readHead = async (bytes: AsyncIterator<Uint8Array>): Promise<Uint8Array[]> => {
  const head: Uint8Array[] = []
  let [size, lines] = [0, 0]
  for (let next = await bytes.next(); !next.done; next = await bytes.next()) {
    head.push(next.value)
    size += next.value.byteLength
    for (const byte of next.value) if (byte === newline) lines += 1
    if (lines > linesBeforeHeadingMax || size > headBytesMax) break
  }
  return head
}

const toCsvFileError = (error: unknown, line: number): unknown => {
  if (!(error instanceof CsvError)) return error
  const reason =
    error.code === 'CSV_MAX_RECORD_SIZE' || error.code === 'CSV_QUOTE_NOT_CLOSED'
      ? 'a quotation mark is opened and never closed, or the line is far too long'
      : 'its quotation marks cannot be read'
  return new CsvFileError('unreadable', `The file cannot be read on from line ${line}: ${reason}.`, { cause: error })
}

type Parser = { feed: (chunk: Uint8Array) => Promise<CsvLine[]>; end: () => Promise<CsvLine[]> }

/** csv-parse, fed chunk by chunk: its stream would drop the lines before an error together with the broken one. */
const createParser = (delimiter: string): Parser => {
  const parsed: CsvLine[] = []
  let line = 0
  let countedTwice = 0
  const parser = parse({
    bom: true,
    delimiter,
    // Left to itself it takes the first line ending for all, and swallows lines that end otherwise.
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: lineBytesMax,
    on_record: (cells: string[], { lines }) => {
      const from = line + 1
      // It counts a Windows line ending inside of a cell as two.
      countedTwice += cells.reduce((sum, cell) => sum + cell.split('\r\n').length - 1, 0)
      line = lines - countedTwice
      parsed.push({ from, line, cells, delimiter })
      return null
    },
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  })
  let failure: unknown
  parser.on('error', (error) => {
    failure = error
  })
  const take = (error: unknown): CsvLine[] => {
    failure ??= error
    const lines = parsed.splice(0)
    if (failure && lines.length === 0) throw toCsvFileError(failure, line + 1)
    return lines
  }
  const run = (start: (callback: (error?: Error | null) => void) => void): Promise<CsvLine[]> =>
    failure ? Promise.resolve().then(() => take(failure)) : new Promise(start).then(take)
  return {
    feed: (chunk) => run((callback) => parser.write(chunk, callback)),
    end: () => run((callback) => parser.end(callback)),
  }
}

/**
 * The lines of a CSV file as they arrive, heading included, empty ones left out. Commas, semicolons, tabs or bars, quoted cells, any line
 * endings, also mixed, UTF-8 or UTF-16, with or without a byte order mark.
 */
export async function* readCsvFile(file: AsyncIterable<Uint8Array>, limits: CsvLimits): AsyncGenerator<CsvLine> {
  const bytes = withinBytes(file, limits.bytesMax)
  const head = await readHead(bytes)
  const start = Buffer.concat(head)
  refuseOtherFiles(start)
  const encoding = encodingOf(start)
  const parser = createParser(detectDelimiter(new TextDecoder(encoding).decode(start)))
  const whole = chain(head, bytes)
  for await (const chunk of encoding === 'utf-8' ? onlyUtf8(whole) : toUtf8(whole, encoding))
    yield* await parser.feed(chunk)
  yield* await parser.end()
}
