import { CsvError, parse } from 'csv-parse'

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
/** The cells of one line of a file; `line` counts from 1. */
export type CsvLine = { line: number; cells: string[] }

const delimiters = [',', ';', '\t'] as const
const headingBytesMax = 65_536
const lineBytesMax = 20_000
const newline = 0x0a

/** The delimiter that stands most often in the heading, outside of quotes; spreadsheets write what their country uses. */
export const detectDelimiter = (heading: string): string => {
  const bare = heading.replace(/"[^"]*"/g, '')
  const counts = delimiters.map((delimiter) => ({ delimiter, times: bare.split(delimiter).length }))
  return counts.reduce((best, one) => (one.times > best.times ? one : best)).delimiter
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

/** Reads until the heading is whole, so that its delimiter can be told. */
const readHeading = async (bytes: AsyncIterator<Uint8Array>): Promise<Uint8Array[]> => {
  const head: Uint8Array[] = []
  let size = 0
  for (let next = await bytes.next(); !next.done; next = await bytes.next()) {
    head.push(next.value)
    size += next.value.byteLength
    if (next.value.includes(newline) || size > headingBytesMax) break
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
  const parser = parse({
    bom: true,
    delimiter,
    max_record_size: lineBytesMax,
    on_record: (cells: string[], { lines }) => {
      line = lines
      parsed.push({ line, cells })
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

/** The lines of a CSV file as they arrive, heading included, empty ones left out. Commas, semicolons and tabs, quoted cells, any line ending, with or without a byte order mark. */
export async function* readCsvFile(file: AsyncIterable<Uint8Array>, limits: CsvLimits): AsyncGenerator<CsvLine> {
  const bytes = withinBytes(file, limits.bytesMax)
  const head = await readHeading(bytes)
  const heading = Buffer.concat(head).toString('utf8').split('\n', 1)[0] ?? ''
  const parser = createParser(detectDelimiter(heading))
  for await (const chunk of chain(head, bytes)) yield* await parser.feed(chunk)
  yield* await parser.end()
}
