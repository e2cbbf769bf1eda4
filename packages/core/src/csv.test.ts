import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvInPages, csvOf, csvPageRows } from './csv.ts'

test('a courier with a comma, quotes or a formula in its name stays one cell of text', () => {
  const rows = [
    { courier: 'Poslaju, "national"', calls: 1.5 },
    { courier: '=HYPERLINK("x")', calls: 2 },
    { courier: null, calls: 0 },
  ]
  expect(csvOf(['courier', 'calls'], rows)).toBe(
    'courier,calls\r\n"Poslaju, ""national""",1.5\r\n"\'=HYPERLINK(""x"")",2\r\n,0\r\n',
  )
})

/** A table of so many rows, and how many of its pages were read. */
const tableOf = (amount: number) => {
  const table = {
    pagesRead: 0,
    read: async (last: { no: number } | undefined) => {
      table.pagesRead += 1
      const from = last ? last.no + 1 : 0
      return Array.from({ length: Math.min(csvPageRows, amount - from) }, (_, place) => ({ no: from + place }))
    },
  }
  return table
}

test('a table of any length has each of its rows once, in their order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 3 * csvPageRows }), async (amount) => {
      const pieces: string[] = []
      for await (const piece of csvInPages(['no'], tableOf(amount).read)) pieces.push(piece)
      const lines = pieces.join('').split('\r\n')
      expect(lines).toEqual(['no', ...Array.from({ length: amount }, (_, no) => String(no)), ''])
    }),
    { numRuns: 20, examples: [[0], [csvPageRows - 1], [csvPageRows], [csvPageRows + 1]] },
  )
})

test('a million rows are never held: while a slow reader has taken a piece, no more than two pages beyond it were read', async () => {
  const table = tableOf(1_000_000)
  let taken = 0
  let furthest = 0
  const slowReader = new Writable({
    highWaterMark: 1,
    write: (_piece, _encoding, done) => {
      taken += 1
      furthest = Math.max(furthest, table.pagesRead - taken)
      // Whatever else could be read ahead gets its turn first.
      setImmediate(() => setImmediate(done))
    },
  })
  await pipeline(Readable.from(csvInPages(['no'], table.read)), slowReader)
  expect([taken, furthest <= 2]).toEqual([1001, true])
})

test('a reader that goes away ends the reading', async () => {
  const table = tableOf(1_000_000)
  for await (const _piece of Readable.from(csvInPages(['no'], table.read))) if (table.pagesRead === 3) break
  expect(table.pagesRead).toBeLessThanOrEqual(5)
})
