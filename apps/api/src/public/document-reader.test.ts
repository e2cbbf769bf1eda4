import type { Sql, TrackingDocumentRow } from '@jejak/db'
import { expect, test } from 'vitest'
import { createDocumentReader } from './document-reader.ts'

/** A pool whose statements answer only when told to. */
const aSlowPool = () => {
  const statements: { numbers: string[]; answer: () => void; fail: (error: Error) => void }[] = []
  const query = ({ values: [numbers] }: { values: [string[]] }) =>
    new Promise((resolve, reject) =>
      statements.push({
        numbers,
        answer: () => resolve({ rows: numbers.map((trackingNumber) => ({ trackingNumber }) as TrackingDocumentRow) }),
        fail: reject,
      }),
    )
  return { statements, sql: { query } as unknown as Sql }
}
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

test('look-ups of one turn share one statement, each number once', async () => {
  const { sql, statements } = aSlowPool()
  const reader = createDocumentReader(sql, { connections: 2 })
  const found = Promise.all(['A', 'B', 'A'].map((number) => reader.find(number)))
  await nextTurn()
  expect(statements.map(({ numbers }) => numbers)).toEqual([['A', 'B']])
  statements[0]!.answer()
  expect((await found).map((row) => row?.trackingNumber)).toEqual(['A', 'B', 'A'])
})

test('while every connection is busy the next batch grows instead of a queue of statements', async () => {
  const { sql, statements } = aSlowPool()
  const reader = createDocumentReader(sql, { connections: 1 })
  const first = reader.find('A')
  await nextTurn()
  const rest = ['B', 'C'].map((number) => reader.find(number))
  await nextTurn()
  expect(statements).toHaveLength(1)
  statements[0]!.answer()
  await first
  await nextTurn()
  expect(statements[1]!.numbers).toEqual(['B', 'C'])
  statements[1]!.answer()
  expect((await Promise.all(rest)).length).toBe(2)
})

test('a failed statement fails its look-ups and no others', async () => {
  const { sql, statements } = aSlowPool()
  const reader = createDocumentReader(sql, { connections: 1 })
  const failed = reader.find('A')
  await nextTurn()
  statements[0]!.fail(new Error('gone'))
  await expect(failed).rejects.toThrow('gone')
  const next = reader.find('A')
  await nextTurn()
  statements[1]!.answer()
  expect(await next).toMatchObject({ trackingNumber: 'A' })
})

test('when the database is away those who wait are told at once, not after a wait of their own', async () => {
  const { sql, statements } = aSlowPool()
  const reader = createDocumentReader(sql, { connections: 1 })
  const first = reader.find('A')
  await nextTurn()
  const waiting = ['B', 'C'].map((number) => reader.find(number))
  statements[0]!.fail(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
  const outcomes = await Promise.allSettled([first, ...waiting])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(statements).toHaveLength(1)
  const next = reader.find('B')
  await nextTurn()
  statements[1]!.answer()
  expect(await next).toMatchObject({ trackingNumber: 'B' })
})

test('a rush beyond every bound is turned away instead of kept in memory', async () => {
  const { sql } = aSlowPool()
  const reader = createDocumentReader(sql, { connections: 1 })
  const waiting = Array.from({ length: 20_000 }, (_, index) => reader.find(String(index)))
  await expect(reader.find('one more')).rejects.toMatchObject({ code: 'unavailable' })
  expect(waiting).toHaveLength(20_000)
})

test('a shop’s parcel and anyone’s of the same number are two look-ups, each shared by all who ask for the same', async () => {
  const statements: unknown[][] = []
  const query = ({ name, values }: { name: string; values: string[][] }) => {
    statements.push([name, ...values])
    const [first = [], second = []] = values
    const rows = second.map((trackingNumber, place) => ({ trackingNumber, shop: first[place] }))
    return Promise.resolve({ rows: rows.length > 0 ? rows : first.map((trackingNumber) => ({ trackingNumber })) })
  }
  const reader = createDocumentReader({ query } as unknown as Sql, { connections: 1 })
  const asked = [['A'], ['A', 'kopi'], ['A', 'teh'], ['A', 'kopi'], ['A']] as const
  const found = await Promise.all(asked.map(([number, shop]) => reader.find(number, shop)))
  expect(statements).toEqual([
    ['tracking-documents', ['A']],
    ['shop-documents', ['kopi', 'teh'], ['A', 'A']],
  ])
  expect(found.map((row) => (row as { shop?: string }).shop)).toEqual([undefined, 'kopi', 'teh', 'kopi', undefined])
})
