import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readColumns, toRegistrationInput } from './csv-columns.ts'
import { type CsvFileError, type CsvLine, detectDelimiter, readCsvFile } from './csv-file.ts'

const limits = { bytesMax: 100_000, linesMax: 1_000 }

async function* inChunks(text: string | Buffer, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

const read = async (text: string | Buffer, size = 7): Promise<CsvLine[]> => {
  const lines: CsvLine[] = []
  for await (const line of readCsvFile(inChunks(text, size), limits)) lines.push(line)
  return lines
}
const refusal = (text: string | Buffer): Promise<CsvFileError> =>
  read(text).then(
    () => expect.fail(),
    (error) => error,
  )

test.each([
  ['commas and Unix line endings', 'awb,order\nA1,1\nB2,2\n'],
  ['semicolons, Windows line endings and a byte order mark', '\uFEFFawb;order\r\nA1;1\r\nB2;2\r\n'],
  ['tabs, no last line ending', 'awb\torder\nA1\t1\nB2\t2'],
  ['quoted cells', '"awb","order"\n"A1","1"\n"B2","2"\n'],
])('a file with %s is read', async (_name, text) => {
  expect((await read(text)).map(({ cells }) => cells)).toEqual([
    ['awb', 'order'],
    ['A1', '1'],
    ['B2', '2'],
  ])
})

test('lines are counted as an editor shows them, empty ones included', async () => {
  const lines = await read('awb\n\nA1\n\n\nB2\n')
  expect(lines.map(({ line }) => line)).toEqual([1, 3, 6])
})

test('a comma in a quoted heading does not make commas the delimiter', () => {
  expect(detectDelimiter('"No, Tracking";Order;Kurier')).toBe(';')
  expect(detectDelimiter('awb')).toBe(',')
})

test('quotes, delimiters and line ends inside of cells survive any cutting into chunks', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', 'é', ' '), minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 40 }),
      async (rows, size) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
        const text = `awb,order\n${rows.map((row) => row.map(quote).join(',')).join('\n')}\n`
        const lines = await read(text, size)
        expect(lines.slice(1).map(({ cells }) => cells)).toEqual(rows)
      },
    ),
    { numRuns: 60 },
  )
})

test('a quotation mark that is never closed ends the file with the line where it began', async () => {
  const error = await refusal(`awb,order\nA1,1\n"B2,2\n${'C3,3\n'.repeat(8_000)}`)
  expect(error).toMatchObject({ kind: 'unreadable', message: expect.stringContaining('from line 3') })
})

test('a file is read up to its limit and no further', async () => {
  const error = await refusal('awb\n'.repeat(30_000))
  expect(error).toMatchObject({ kind: 'too_large', message: 'The file is larger than 0.1 MiB.' })
})

test('headings are understood as shops write them, and unknown ones are named', () => {
  const columns = readColumns(['Order No.', 'TRACKING NO', 'e-mail', 'Customer Phone', 'Colour', '', 'AWB'])
  expect(columns.ignored).toEqual(['Colour', 'AWB'])
  expect(toRegistrationInput(['7', ' MY123456 ', 'a@b.my', '', 'red', '', 'x'], columns)).toEqual({
    trackingNumber: ' MY123456 ',
    courier: undefined,
    orderNumber: '7',
    contact: { email: 'a@b.my', phone: '' },
    estimatedDelivery: undefined,
  })
})

test('a file without a column for the tracking number is refused with the columns it has', () => {
  expect(() => readColumns(['632143239945', 'Ali'])).toThrow(/tracking_number.*Its columns are: 632143239945, Ali/)
})
