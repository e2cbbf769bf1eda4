import { foldedOrderNumber } from '@jejak/db'
import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { foldOrderNumber } from './fold-order-number.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

// What the contract lets through: nothing that Postgres cannot store.
const character = fc.oneof(
  fc.constantFrom(...'##  aAzZ09-ßıİéﬁ店'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
)
const orderNumbers = fc.array(
  fc.string({ unit: character, maxLength: 12 }).filter((text) => !text.includes('\0')),
  {
    minLength: 50,
    maxLength: 200,
  },
)

test('the database folds every order number as the limits do, so no spelling finds an order and is counted apart', () =>
  fc.assert(
    fc.asyncProperty(orderNumbers, async (typed) => {
      const { rows } = await db.pool.query<{ folded: string }>(
        `select ${foldedOrderNumber('typed')} as folded from unnest($1::text[]) with ordinality as given (typed, place) order by place`,
        [typed],
      )
      expect(rows.map(({ folded }) => folded)).toEqual(typed.map(foldOrderNumber))
    }),
    { numRuns: 30 },
  ))
