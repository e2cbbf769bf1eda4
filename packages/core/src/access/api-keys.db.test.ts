import { readClock as clock, type Db } from '@jejak/db'
import { connectTest, createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleActor, systemActor } from '../actor.ts'
import { createKey, revokeKey, storeKey } from './index.ts'

let database: TestDatabase
let db: Db
beforeAll(async () => {
  database = await createTestDatabase()
  db = connectTest(database.url)
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

test('a key is entered in the audit log when it is made, revoked, or active again, and not at each start that stores it', async () => {
  const { rows } = await db.sql.query(`insert into organizations (slug, name) values ('kopi', '') returning id`)
  const organizationId = rows[0].id
  const byHand = { db, clock, actor: consoleActor }
  const wanted = { organizationId, name: 'till', scopes: ['trackings:read'], expiresAt: null } as const
  const { id } = await createKey(byHand, wanted)
  await revokeKey(byHand, { id })
  await expect(revokeKey(byHand, { id })).rejects.toThrow('no active key')
  const start = () =>
    storeKey({ db, clock, actor: systemActor }, { ...wanted, key: 'jejak_a_key_that_each_start_stores_again' })
  const stored = await start()
  await start()
  await revokeKey(byHand, { id: stored })
  await start()
  const entries = await db.sql.query(`select actor || ' ' || act || ' ' || object as told from audit_log order by id`)
  expect(entries.rows.map(({ told }) => told)).toEqual([
    ...[`console key.created key:${id}`, `console key.revoked key:${id}`],
    ...[`system key.created key:${stored}`, `console key.revoked key:${stored}`, `system key.created key:${stored}`],
  ])
})
