import type { Db } from '@jejak/db'
import { connectTest, createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { consoleActor } from '../actor.ts'
import { acts, recordAct } from './index.ts'

const now = new Date('2026-03-02T04:00:00Z')
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
beforeEach(() => db.sql.query('truncate audit_log restart identity'))

test('an entry says who did what to what, from where and when', async () => {
  const origin = { addressHmac: 'ab12', requestId: 'request-1' }
  const actor = { kind: 'user', id: '3', origin } as const
  await db.transaction((tx) =>
    recordAct(tx, { act: 'key.created', actor, organizationId: '1', object: 'key:12', detail: 'trackings:read', now }),
  )
  await recordAct(db.sql, { act: 'tick.run', actor: consoleActor, organizationId: null, result: 'refused', now })
  const { rows } = await db.sql.query('select * from audit_log order by id')
  expect(rows).toEqual([
    {
      ...{ id: '1', at: now, organization_id: '1', act: 'key.created', actor: 'user:3', object: 'key:12' },
      ...{ result: 'done', address_hmac: 'ab12', request_id: 'request-1', detail: 'trackings:read' },
      ...{ chain_no: null, hash: null, sealed_at: null, is_late: null },
    },
    expect.objectContaining({ organization_id: null, act: 'tick.run', actor: 'console', result: 'refused' }),
  ])
})

test('what is rolled back leaves no entry', async () => {
  const undone = db.transaction(async (tx) => {
    await recordAct(tx, { act: 'key.created', actor: consoleActor, organizationId: '1', now })
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  expect((await db.sql.query('select from audit_log')).rowCount).toBe(0)
})

test.each(Object.keys(acts) as (keyof typeof acts)[])('the database takes %s', async (act) => {
  await recordAct(db.sql, { act, actor: consoleActor, organizationId: null, now })
})
