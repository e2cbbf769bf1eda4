import { readFileSync } from 'node:fs'
import { readRegistration, readTrackingNumbers } from '@jejak/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countHeadings, noColumnsSentence, readColumns, toRegistrationInput } from './csv-columns.ts'
import { type CsvFileError, type CsvLine, detectDelimiter, hasSwallowedLines, readCsvFile } from './csv-file.ts'

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
  const mixed = await read('awb\r\n\r\nA1\r\nB2\n\nC3')
  expect(mixed.map(({ line }) => line)).toEqual([1, 3, 4, 6])
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

test.each([1, 7, 1_000])('a file of another encoding is refused with the line (in pieces of %i)', async (size) => {
  const text = Buffer.concat([Buffer.from('awb,order\nA1,é\nB2,caf'), Buffer.from([0xe9]), Buffer.from('\nC3,x\n')])
  await expect(read(text, size)).rejects.toThrow(/^Line 3 is neither UTF-8 nor UTF-16.* save it as CSV \(UTF-8\)/)
  await expect(read(text.subarray(0, -5), size)).rejects.toThrow(/^Line 3 /)
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
  expect(columns.ignored).toEqual(['Colour'])
  expect(toRegistrationInput(['7', ' MY123456 ', 'a@b.my', '', 'red', '', 'x'], columns)).toEqual({
    trackingNumber: ' MY123456 ',
    courier: undefined,
    orderNumber: '7',
    contact: { email: 'a@b.my', phone: undefined },
    estimatedDelivery: undefined,
    bookedAt: undefined,
  })
})

test('of several columns for one field the better name counts, and the other where it is empty', () => {
  const columns = readColumns(['Reference', 'AWB', 'Tracking No', 'Order Number'])
  expect(toRegistrationInput(['R1', 'A1', 'T1', 'O1'], columns)).toMatchObject({
    trackingNumber: 'T1',
    orderNumber: 'O1',
  })
  expect(toRegistrationInput(['R1', 'A1', ' ', ''], columns)).toMatchObject({ trackingNumber: 'A1', orderNumber: 'R1' })
})

test.each([
  'trackingCode',
  'Waybill No.',
  'Consignment Note No.',
  'Connote',
  'No. Konsainan',
  '快递单号',
  'Tracking Number*',
  'ＡＷＢ',
  'Fulfillment: Tracking Number',
  'Tracking Number (AWB)',
  'AWB / Tracking No',
  'Consignment',
  '运单编号',
  '物流单号 Tracking No',
])('%s heads the tracking numbers', (heading) => {
  expect(countHeadings(['Order', heading])).toBe(2)
})

test.each(['Phone (MY)', 'No. Tel.'])('%s heads the phones', (heading) => {
  const columns = readColumns(['AWB', heading])
  expect(toRegistrationInput(['A1', '012'], columns).contact.phone).toBe('012')
})

test('a column of names holds order numbers where they look like some, and people elsewhere', () => {
  const columns = readColumns(['Name', 'AWB'])
  expect(toRegistrationInput(['#1001', 'A1'], columns).orderNumber).toBe('#1001')
  expect(toRegistrationInput(['Aisyah binti Ahmad', 'A1'], columns).orderNumber).toBeUndefined()
})

test('a file without a column for the tracking number is refused with the columns it has', () => {
  expect(countHeadings(['632143239945', 'Ali'])).toBe(0)
  expect(noColumnsSentence(['632143239945', 'Ali'])).toMatch(/tracking_number.*Its columns are: 632143239945, Ali/)
})

describe('a quotation mark that is a sign and no quote', () => {
  const known = async (text: string) => {
    const [heading, ...lines] = await read(text)
    const columns = readColumns(heading!.cells)
    const own = columns.fields.get('trackingNumber')
    return lines.map((line) => ({
      ...line,
      isLost: hasSwallowedLines(line, { width: heading!.cells.length, own }),
      number: toRegistrationInput(line.cells, columns).trackingNumber,
    }))
  }

  test('swallows no line unnoticed', async () => {
    const note = 'tracking_number,order,notes\r\nA000001,1,"see note\r\nA000002,2,ok\r\nA000003,3,"fine"\r\nA000004,4,x'
    expect(await known(note)).toMatchObject([
      { from: 2, line: 4, isLost: true },
      { number: 'A000004', isLost: false },
    ])
    const inch = 'awb,notes\nA000001,"pipe 12""\nA000002,x\nA000003,"y"\n'
    expect((await known(inch))[0]).toMatchObject({ from: 2, isLost: true })
  })

  test('leaves cells of several lines alone: addresses, and numbers below each other', async () => {
    const text = 'awb,name,address\n"A000001\nA000002",Ali,"No 1, Jalan 2\n43000 Kajang, Selangor\n012-345 6789"\n'
    expect(await known(text)).toMatchObject([{ from: 2, line: 5, isLost: false }])
  })

  test('wherever it stands, each number is read or within lines that are refused', async () => {
    const heading = fc.constantFrom('notes,awb,order', 'awb,order,notes', 'order,awb', 'awb,notes')
    const mark = fc.tuple(fc.nat(11), fc.nat(2), fc.constantFrom('start', 'end', 'middle'))
    await fc.assert(
      fc.asyncProperty(heading, fc.array(mark, { maxLength: 6 }), async (head, marks) => {
        const numbers = Array.from({ length: 12 }, (_, row) => `A0000${10 + row}`)
        const lines = numbers.map((number, row) => {
          const cells = head.split(',').map((name) => (name === 'awb' ? number : `x${row}`))
          for (const [at, column, place] of marks) {
            const cell = cells[column]
            if (at !== row || cell === undefined) continue
            cells[column] =
              place === 'start' ? `"${cell}` : place === 'end' ? `${cell}"` : `${cell.slice(0, 2)}"${cell.slice(2)}`
          }
          return cells.join(',')
        })
        const found = await known(`${head}\n${lines.join('\n')}\n`).catch(() => undefined)
        numbers.forEach((number, row) => {
          const at = found?.find(({ from, line }) => from <= row + 2 && row + 2 <= line)
          // What is no number is told by what reads numbers.
          if (at && !at.isLost && readTrackingNumbers(at.number).numbers.length > 0)
            expect(at.number.replaceAll('"', '')).toContain(number)
          else if (found) expect(at).toBeDefined()
        })
      }),
      { numRuns: 500 },
    )
  })
})

describe('line endings', () => {
  const endings = fc.constantFrom('\n', '\r\n', '\r')

  test('of all kinds may be mixed in one file: no line is lost, however it arrives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(endings, { minLength: 2, maxLength: 30 }),
        fc.integer({ min: 1, max: 60 }),
        async (ends, size) => {
          const text = ends.map((end, row) => `${row === 0 ? 'order_number,awb' : `O${row},A${row}`}${end}`).join('')
          const cells = (await read(text, size)).map((line) => line.cells)
          expect(cells.slice(1)).toEqual(ends.slice(1).map((_, row) => [`O${row + 1}`, `A${row + 1}`]))
        },
      ),
    )
  })
})

describe('the furniture of a file', () => {
  const rows = [
    ['awb', 'order'],
    ['A1', '1'],
  ]
  test.each([
    ['UTF-16 LE with its mark', Buffer.from('\uFEFFawb;order\r\nA1;1\r\n', 'utf16le')],
    ['UTF-16 LE without', Buffer.from('awb;order\r\nA1;1\r\n', 'utf16le')],
    ['UTF-16 BE with its mark', Buffer.from('\uFEFFawb\torder\nA1\t1\n', 'utf16le').swap16()],
    ['UTF-16 BE without', Buffer.from('awb\torder\nA1\t1\n', 'utf16le').swap16()],
  ])('text in %s is read', async (_, bytes) => {
    for (const size of [1, 7, 100]) expect((await read(bytes, size)).map(({ cells }) => cells)).toEqual(rows)
  })

  test.each([
    ['sep=;', 'sep=;\nawb;order,x\nA1;1\n', ';'],
    ['sep=";"', 'sep=";"\nawb;order,x\nA1;1\n', ';'],
    ['a title of one known word', 'Tracking\nOrder;Waybill No.;Name\n', ';'],
    ['"sep=|"', '"sep=|"\nawb|order\n', '|'],
    ['a title', 'Orders of January, all of them\nawb;order\n', ';'],
    ['a line of nothing', ';;;\nawb;order;;\n', ';'],
    ['a line of nothing in another country', ',,,\nawb\torder\n', '\t'],
  ])('%s before the heading does not hide its delimiter', (_, head, delimiter) => {
    expect(detectDelimiter(head)).toBe(delimiter)
  })

  test.each([
    ['PK\u0003\u0004 and so on', 'an Excel workbook (.xlsx)'],
    ['%PDF-1.7', 'a PDF'],
  ])('%s is named for what it is', async (text, is) => {
    expect((await refusal(text)).message).toContain(`This is ${is}, not a CSV file.`)
  })
})

describe('a file as other systems export it', () => {
  const bookedAt = '2026-01-23T10:30:00.000Z'
  const [email, phone] = ['aisyah@example.com', '+60123456789']
  const contact = { email, phone }
  const dayOf = '2026-01-22T16:00:00.000Z'
  test.each([
    [
      'easyparcel',
      { trackingNumber: '632143239901', courier: 'J&T Express', orderNumber: 'A-1001', contact, bookedAt: dayOf },
    ],
    ['shopify', { trackingNumber: '632143239902', orderNumber: '#1001', contact }],
    [
      'woocommerce',
      { trackingNumber: 'ER665997503MY', courier: 'Pos Laju', orderNumber: 'A-1001', contact, bookedAt: dayOf },
    ],
    [
      'lazada',
      { trackingNumber: 'NLMYAP1234504A', courier: 'Ninja Van MY', orderNumber: '410000000001001', contact: { phone } },
    ],
    [
      'shopee',
      { trackingNumber: 'SPXMY04482646505C', courier: 'Standard Delivery', orderNumber: '2601230ABCDE01', bookedAt },
    ],
    [
      'tiktok-shop',
      { trackingNumber: '632143239906', courier: 'J&T Express', orderNumber: '576461412345671001', bookedAt },
    ],
  ])('%s is read', async (name, tracking) => {
    const file = readFileSync(new URL(`fixtures/${name}.csv`, import.meta.url))
    const [heading, line] = await read(file, 50)
    const item = readRegistration(toRegistrationInput(line!.cells, readColumns(heading!.cells)))
    expect(item).toMatchObject({ trackings: [tracking] })
    if (!item.problem) expect(item.trackings[0]).toEqual(tracking)
  })
})
