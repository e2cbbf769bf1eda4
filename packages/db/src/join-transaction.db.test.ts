import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Db } from './connect.ts'
import { joinable, joinableShops } from './join-transaction.ts'
import type { Sql } from './sql.ts'
import { connectTest } from './testing/connect-test.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'

let database: TestDatabase
let own: Db
let way: ReturnType<typeof joinable>

beforeAll(async () => {
  database = await createTestDatabase()
  await database.pool.query('create table done (what text)')
  own = connectTest(database.url)
  way = joinable(own)
})
afterAll(async () => {
  await own.close()
  await database.drop()
})
beforeEach(() => database.pool.query('delete from done'))

const note = (sql: Sql, what: string) => sql.query('insert into done values ($1)', [what])
const noted = async () =>
  (await database.pool.query<{ what: string }>('select what from done order by what')).rows.map(({ what }) => what)
const failAfter = (what: string) =>
  way.db.transaction(async (tx) => {
    await note(tx, what)
    throw new Error('no')
  })

test('what is done inside is seen by others once it is committed, all at once', async () => {
  const held = await way.hold()
  await held.inside(async () => {
    await note(way.db.sql, 'alone')
    await way.db.transaction((tx) => note(tx, 'together'))
  })
  expect(await noted()).toEqual([])
  await held.commit()
  expect(await noted()).toEqual(['alone', 'together'])
})

test('nothing is left of it when it is rolled back', async () => {
  const held = await way.hold()
  await held.inside(() => way.db.transaction((tx) => note(tx, 'together')))
  await held.rollback()
  expect(await noted()).toEqual([])
})

test('what fails inside is undone by itself, and keeps nothing else from being done', async () => {
  const held = await way.hold()
  await held.inside(async () => {
    await note(way.db.sql, 'before')
    await expect(failAfter('failed')).rejects.toThrow('no')
    await expect(way.db.sql.query('select wrong')).rejects.toThrow('wrong')
    await note(way.db.sql, 'after')
  })
  await held.commit()
  expect(await noted()).toEqual(['after', 'before'])
})

test('works that start at once take turns, so that the failure of one undoes nothing of another', async () => {
  const held = await way.hold()
  const works = Array.from({ length: 20 }, (_, i) => String(i).padStart(2, '0'))
  await held.inside(() =>
    Promise.allSettled(
      works.map((what, i) => (i % 2 ? failAfter(what) : way.db.transaction(async (tx) => void (await note(tx, what))))),
    ),
  )
  await held.commit()
  expect(await noted()).toEqual(works.filter((_, i) => i % 2 === 0))
})

test('a work that opens another inside of itself goes on after that one failed', async () => {
  const held = await way.hold()
  await held.inside(() =>
    way.db.transaction(async (tx) => {
      await note(tx, 'outer')
      await expect(failAfter('inner')).rejects.toThrow('no')
      await note(way.db.sql, 'outer again')
    }),
  )
  await held.commit()
  expect(await noted()).toEqual(['outer', 'outer again'])
})

test('a commit waits for what has begun to join', async () => {
  const held = await way.hold()
  void held.inside(() => way.db.transaction(async (tx) => void (await note(tx, 'late'))))
  await held.commit()
  expect(await noted()).toEqual(['late'])
})

test('what a work still starts after its end is not done', async () => {
  const held = await way.hold()
  let late: (() => Promise<unknown>) | undefined
  await held.inside(() =>
    way.db.transaction(async (tx) => {
      late = () => note(tx, 'late')
    }),
  )
  await expect(late?.()).rejects.toThrow('over')
  await held.commit()
  expect(await noted()).toEqual([])
})

test('another database, another shop and what is outside do not join', async () => {
  const shops = joinableShops(own)
  const held = await shops.hold('1')
  await held.inside(async () => {
    await note(shops.db.ofShop('1').sql, 'own')
    await note(shops.db.ofShop('2').sql, 'other')
    await note(way.db.sql, 'elsewhere')
  })
  await note(shops.db.ofShop('1').sql, 'outside')
  expect(await noted()).toEqual(['elsewhere', 'other', 'outside'])
  await held.rollback()
  expect(await noted()).toEqual(['elsewhere', 'other', 'outside'])
})

test('a transaction that cannot begin says so', async () => {
  const away = connectTest('postgres://127.0.0.1:1/nowhere')
  await expect(joinable(away).hold()).rejects.toThrow('ECONNREFUSED')
  await away.close()
})
