import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrateQueue, openSender, wakeConnection } from './index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const sender = () =>
  openSender({ as: 'owner', url: database.url, poolMax: 1, applicationName: 'jejak-sender', onError: () => undefined })
const sessions = async () =>
  (
    await database.pool.query(
      `select count(*)::int as open from pg_stat_activity where application_name = 'jejak-sender' and datname = current_database()`,
    )
  ).rows[0].open

test('who sends nothing needs no queue', async () => {
  const unused = sender()
  await unused.stop()
  expect(await sessions()).toBe(0)
})

test('a job that found no queue is lost with an error, and the next one goes through once the queue is there', async () => {
  const early = sender()
  await expect(wakeConnection(early, { connectionId: '1' })).rejects.toThrow()
  await migrateQueue(database.url)
  expect(await wakeConnection(early, { connectionId: '1' })).toEqual(expect.any(String))
  expect(await sessions()).toBe(1)
  await early.stop()
  await expect.poll(sessions).toBe(0)
})
