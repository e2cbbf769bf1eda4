import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { connect, type Db } from './connect.ts'
import type { Tx } from './sql.ts'
import { createTestDatabase, type DatabaseLine, openDatabaseLine, type TestDatabase } from './testing/index.ts'
import { isDatabaseUnavailable } from './unavailable.ts'

let database: TestDatabase
let line: DatabaseLine
let db: Db

const open = (url: string, statementTimeoutMs = 15_000) =>
  connect({
    as: 'owner',
    url,
    poolMax: 1,
    statementTimeoutMs,
    queryTimeoutMs: 500,
    connectTimeoutMs: 5_000,
    applicationName: 'jejak-test-sessions',
    onError: () => {},
  })

beforeAll(async () => {
  database = await createTestDatabase()
  line = await openDatabaseLine(database.url)
  db = open(line.url)
})
afterEach(() => line.restore())
afterAll(async () => {
  await db.close()
  line.close()
  await database.drop()
})

/** A second question after the trouble, as any code may ask that does not know of it. */
const untilTheEnd = (trouble: (tx: Tx) => Promise<unknown>) =>
  db.transaction(async (tx) => {
    await tx.query('select 1')
    await trouble(tx)
    await tx.query('select 2')
  })
const pidOf = async (tx: Tx): Promise<number> => (await tx.query('select pg_backend_pid() as pid')).rows[0].pid
const terminate = async (tx: Tx) => {
  const pid = await pidOf(tx)
  await database.pool.query('select pg_terminate_backend($1)', [pid])
  const isGone = () => database.pool.query('select from pg_stat_activity where pid = $1', [pid])
  await expect.poll(async () => (await isGone()).rowCount).toBe(0)
}

/** The pool has one connection only: unless the broken one is replaced, nothing answers any more. */
const expectHealed = () =>
  expect
    .poll(() =>
      db
        .transaction((tx) => tx.query('select 1'))
        .then(
          () => true,
          () => false,
        ),
    )
    .toBe(true)

test.each<[string, (tx: Tx) => Promise<unknown>]>([
  ['is ended while nothing is asked', terminate],
  ['is ended while it answers', async (tx) => Promise.all([tx.query('select pg_sleep(30)'), terminateAsking()])],
  ['is cut off by the network', async () => line.restore()],
  ['falls silent', async () => line.silence()],
  [
    'stands still for too long',
    async (tx) => {
      await tx.query(`set local idle_in_transaction_session_timeout = 50`)
      const pid = await pidOf(tx)
      await expect
        .poll(async () => (await database.pool.query('select from pg_stat_activity where pid = $1', [pid])).rowCount)
        .toBe(0)
    },
  ],
])(
  'a session that %s inside a transaction fails that transaction only, as a database that is away',
  async (_, trouble) => {
    const failed = await untilTheEnd(trouble).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failed).toBeInstanceOf(Error)
    expect(isDatabaseUnavailable(failed)).toBe(true)
    line.restore()
    await expectHealed()
  },
)

const terminateAsking = () =>
  expect
    .poll(
      async () =>
        (
          await database.pool.query(
            `select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_sleep%'`,
          )
        ).rowCount,
    )
    .toBeGreaterThan(0)

test('what a failed transaction still starts after its end is refused, and never runs outside of it', async () => {
  await database.pool.query('create table outside (n int)')
  let transaction: Tx | undefined
  await expect(
    db.transaction(async (tx) => {
      transaction = tx
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  await expect(transaction!.query('insert into outside values (1)')).rejects.toThrow('over')
  expect((await database.pool.query('select from outside')).rowCount).toBe(0)
})
