import { foldOrderNumber } from '@jejak/contract'
import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

// Nothing that Postgres cannot store, and no space that only JavaScript takes for one.
const character = fc.oneof(
  fc.constantFrom(
    ...'##  aAzZ09-.:_ßıİéﬁＡ＃店\u200b\u00ad\ufe0f\u0301\u2069',
    'order ',
    'No.',
    'ref',
    'reference ',
    'Nombor ',
    'ID ',
    '订单',
    '号',
    '\t',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
)
const orderNumbers = fc.array(
  fc.string({ unit: character, maxLength: 12 }).filter((text) => !/[\0\u1680\u2028\u2029]/.test(text)),
  {
    minLength: 50,
    maxLength: 200,
  },
)

test('rows of before are folded by the database as the contract folds what is typed: every spelling finds its order', () =>
  fc.assert(
    fc.asyncProperty(orderNumbers, async (typed) => {
      const { rows } = await db.pool.query<{ typed: string; normal: string; folded: string }>(
        `select typed, normalize(typed, nfkc) as normal, fold_order_number(typed) as folded
         from unnest($1::text[]) with ordinality as given (typed, place) order by place`,
        [typed],
      )
      // An older server knows the characters of an older Unicode: those that came later stay as typed.
      const known = rows.filter((row) => row.normal === row.typed.normalize('NFKC'))
      expect(known.length).toBeGreaterThan(rows.length / 2)
      expect(known.map(({ folded }) => folded)).toEqual(known.map((row) => foldOrderNumber(row.typed)))
    }),
    { numRuns: 30 },
  ))
