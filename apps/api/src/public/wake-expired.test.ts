import { expect, test } from 'vitest'
import { createWakes } from './wake-expired.ts'

const minute = 60_000
const day = 24 * 60 * minute

const aDatabase = ({ isAway = false, isAheadMs = 0 } = {}) => {
  let nowMs = 0
  const statements: string[][] = []
  const instants: Date[][] = []
  const errors: object[] = []
  const now = () => new Date(nowMs)
  const wake = createWakes({
    sql: {
      query: async ({ values: [ids, ...at] }: { values: [string[], ...Date[]] }) => {
        statements.push(ids)
        instants.push(at)
        if (isAway) throw new Error('the database is away')
        return { rowCount: 0, rows: [] }
      },
    } as never,
    clock: async () => now(),
    now: () => new Date(nowMs + isAheadMs),
    log: { error: (what: object) => void errors.push(what) } as never,
    restMs: 15 * minute,
  })
  return { wake: (id: string) => wake(id, day), statements, instants, errors, pass: (ms: number) => (nowMs += ms) }
}
const settled = (statements: string[][], amount: number) => expect.poll(() => statements).toHaveLength(amount)

test('however many read one expired parcel, it is woken once in 15 minutes', async () => {
  const { wake, statements, pass } = aDatabase()
  for (let minutes = 0; minutes < 60; minutes++) {
    for (let reader = 0; reader < 64; reader++) wake('7')
    await settled(statements, 1 + Math.floor(minutes / 15))
    pass(minute)
  }
})

test('many parcels are woken by one statement at a time, and what finds no room by its next reader', async () => {
  const { wake, statements } = aDatabase()
  for (let id = 0; id < 2_000; id++) wake(String(id))
  await settled(statements, 2)
  expect(statements.map((ids) => ids.length)).toEqual([1, 500])
  wake('1999')
  await settled(statements, 3)
})

test('a database that is away is told once for all that were asked for, and asked again after 15 minutes', async () => {
  const { wake, statements, errors, pass } = aDatabase({ isAway: true })
  wake('7')
  await settled(statements, 1)
  await expect.poll(() => errors).toHaveLength(1)
  pass(15 * minute)
  wake('7')
  await settled(statements, 2)
})

test('an API process whose clock is days ahead has the database decide by its own clock what has expired', async () => {
  const { wake, statements, instants } = aDatabase({ isAheadMs: 40 * day })
  wake('7')
  await settled(statements, 1)
  expect(instants).toEqual([[new Date(0), new Date(-15 * minute), new Date(-day)]])
})
