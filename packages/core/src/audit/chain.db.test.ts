import { type Db, readClock } from '@jejak/db'
import { connectTest, createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consoleActor, workerActor } from '../actor.ts'
import { cutAudit, recordAct, sealAudit, verifyAudit } from './index.ts'

const minute = 60_000
let now = new Date()
let database: TestDatabase
let db: Db
beforeAll(async () => {
  database = await createTestDatabase()
  db = connectTest(database.url, { as: 'worker', poolMax: 20, statementTimeoutMs: 60_000, connectTimeoutMs: 20_000 })
})
afterAll(async () => {
  await db.close()
  await database.drop()
})
beforeEach(async () => {
  now = new Date('2026-03-02T04:00:00Z')
  await database.pool.query('truncate audit_log, audit_head restart identity; insert into audit_head default values')
})

const enter = (detail: string) =>
  recordAct(db.sql, { act: 'parcels.changed', actor: consoleActor, organizationId: '1', detail, now })
const seal = () => sealAudit({ db, clock: async () => now })
const verify = () => verifyAudit(db)
const cut = (olderThan: string, limit = 100) =>
  cutAudit({ db }, { actor: workerActor, now, olderThan: new Date(olderThan), limit })
const faults = async () => (await verify()).faults

/** Ten sealed entries, in three turns a minute apart. */
const aChain = async () => {
  for (const turn of [3, 3, 4]) {
    for (let entry = 0; entry < turn; entry++) await enter(`turn of ${turn}, entry ${entry}`)
    await seal()
    now = new Date(now.getTime() + minute)
  }
}

test('an untouched log is whole, and says where the part begins that is not sealed yet', async () => {
  await aChain()
  await enter('not sealed yet')
  expect(await verify()).toEqual({
    faults: [],
    faultsLeftOut: 0,
    sealed: { amount: 10, fromNo: '1', head: { no: '10', hash: expect.stringMatching(/^[\da-f]{64}$/), cutNo: '0' } },
    unsealed: { amount: 1, fromId: '11', since: now },
  })
})

test('an empty log is whole', async () => {
  expect(await faults()).toEqual([])
})

describe('whoever changes the log in the database is found out', () => {
  beforeEach(aChain)

  test.each([
    ['act', `act = 'key.created'`],
    ['actor', `actor = 'user:9'`],
    ['shop', 'organization_id = 2'],
    ['object', `object = 'parcel:2'`],
    ['result', `result = 'refused'`],
    ['address', `address_hmac = 'ff'`],
    ['request', `request_id = 'another-one'`],
    ['time, by a microsecond', `at = at + interval '1 microsecond'`],
    ['detail, which is taken away', 'detail = null'],
    ['time of sealing', `sealed_at = sealed_at - interval '1 hour'`],
  ])('by an edited %s', async (_, change) => {
    await database.pool.query(`update audit_log set ${change} where id = 5`)
    expect(await faults()).toEqual([{ kind: 'changed', no: '5', id: '5' }])
  })

  test('by a deleted entry', async () => {
    await database.pool.query('delete from audit_log where id in (4, 5)')
    expect(await faults()).toEqual([{ kind: 'missing', from: '4', to: '5' }])
  })

  test('by a deleted last entry, and by a first one', async () => {
    await database.pool.query('delete from audit_log where id in (1, 10)')
    expect(await faults()).toEqual([
      { kind: 'missing', from: '1', to: '1' },
      { kind: 'missing', from: '10', to: '10' },
    ])
  })

  test('by a log that is emptied', async () => {
    await database.pool.query('delete from audit_log')
    expect(await faults()).toEqual([{ kind: 'missing', from: '1', to: '10' }])
  })

  test('by a deleted last entry and an end of the chain that is moved back to the one before', async () => {
    const { hash } = (await verify()).sealed.head!
    await database.pool.query('delete from audit_log where id = 10; update audit_head set no = 9')
    expect(await faults()).toEqual([{ kind: 'end' }])
    await database.pool.query('update audit_head set hash = (select hash from audit_log where id = 9)')
    // Now only the value that was logged before tells.
    expect(await faults()).toEqual([])
    expect((await verify()).sealed.head!.hash).not.toBe(hash)
  })

  test('by an end of the chain that is removed', async () => {
    await database.pool.query('delete from audit_head')
    expect(await faults()).toEqual([{ kind: 'end' }])
  })

  test('by an inserted entry that continues the chain', async () => {
    await database.pool.query(
      `insert into audit_log (at, act, actor, chain_no, hash, sealed_at, is_late) values ($1, 'key.created', 'user:1', 11, 'ab', $1, false)`,
      [now],
    )
    expect(await faults()).toEqual([{ kind: 'inserted', no: '11', id: '11' }])
  })

  test('by an inserted entry that takes the place of a deleted one', async () => {
    await database.pool.query('delete from audit_log where id = 5')
    await database.pool.query(
      `insert into audit_log (at, act, actor, chain_no, hash, sealed_at, is_late)
       select $1, 'key.created', 'user:1', 5, repeat('a', 64), $1, false`,
      [now],
    )
    expect(await faults()).toEqual([
      { kind: 'changed', no: '5', id: '11' },
      { kind: 'changed', no: '6', id: '6' },
    ])
  })

  test('by an inserted entry of an earlier time that waits for the sealer like others', async () => {
    await database.pool.query(`insert into audit_log (at, act, actor) values ($1, 'key.created', 'user:1')`, [
      new Date(now.getTime() - 30 * minute),
    ])
    await seal()
    expect(await faults()).toEqual([{ kind: 'late', no: '11', id: '11', at: '2026-03-02T03:33:00.000000Z' }])
  })

  test('by two entries that change places', async () => {
    await database.pool.query('alter table audit_log drop constraint audit_log_chain')
    await database.pool.query('update audit_log set chain_no = 9 - chain_no where id in (4, 5)')
    expect(await faults()).toEqual([
      { kind: 'changed', no: '4', id: '5' },
      { kind: 'changed', no: '5', id: '4' },
      { kind: 'changed', no: '6', id: '6' },
    ])
    await database.pool.query('update audit_log set chain_no = 9 - chain_no where id in (4, 5)')
    await database.pool.query('alter table audit_log add constraint audit_log_chain unique (chain_no)')
    expect(await faults()).toEqual([])
  })
})

test('entries that waited while no worker ran are not late, nor is one after a clock that was ahead for a while', async () => {
  await aChain()
  await enter('written while no worker runs')
  now = new Date(now.getTime() + 120 * minute)
  await seal()
  const right = now
  now = new Date(right.getTime() + 1440 * minute)
  await seal()
  now = new Date(right.getTime() + minute)
  await enter('after the clock was put right')
  await seal()
  expect(await faults()).toEqual([])
})

test('a chain that is cut at its old end verifies, goes on, and says that it was cut', async () => {
  await aChain()
  expect(await cut('2026-03-02T04:01:00Z', 2)).toBe(2)
  expect(await cut('2026-03-02T04:01:00Z')).toBe(1)
  expect(await cut('2026-03-02T04:01:00Z')).toBe(0)
  await seal()
  expect(await verify()).toMatchObject({
    faults: [],
    sealed: { amount: 9, fromNo: '4', head: { no: '12', cutNo: '3' } },
  })
  const { rows } = await database.pool.query(
    `select actor, object, detail from audit_log where act = 'audit.cut' order by id`,
  )
  expect(rows).toEqual([
    { actor: 'worker', object: 'chain:2', detail: '2 entries sealed before 2026-03-02T04:01:00.000Z' },
    { actor: 'worker', object: 'chain:3', detail: '1 entries sealed before 2026-03-02T04:01:00.000Z' },
  ])
  await database.pool.query('delete from audit_log where chain_no = 4')
  expect(await faults()).toEqual([{ kind: 'missing', from: '4', to: '4' }])
})

test('a chain of which nothing is left but the entry of its cut is whole', async () => {
  await aChain()
  await cut('2026-03-03T04:01:00Z')
  expect((await database.pool.query('select act from audit_log')).rows).toEqual([{ act: 'audit.cut' }])
  expect(await faults()).toEqual([])
})

test('old entries that someone removed as if their time were over are missed: no entry tells of it', async () => {
  await aChain()
  await database.pool.query(
    'update audit_head set cut_no = 4, cut_hash = (select hash from audit_log where chain_no = 4); delete from audit_log where chain_no <= 4',
  )
  expect(await faults()).toEqual([{ kind: 'cut', to: '4' }])
})

test('a chain that was built anew is not the one whose end was kept elsewhere', async () => {
  await aChain()
  const { head } = (await verify()).sealed
  await enter('later')
  await seal()
  const expected = { no: head!.no, hash: head!.hash }
  expect((await verifyAudit(db, expected)).faults).toEqual([])
  await database.pool.query(`update audit_log set actor = 'user:9' where chain_no = 2;
    update audit_log set chain_no = null, hash = null, sealed_at = null, is_late = null;
    update audit_head set no = 0, hash = '', looked_at = null`)
  await seal()
  expect(await faults()).toEqual([])
  expect((await verifyAudit(db, expected)).faults).toEqual([{ kind: 'unexpected', no: '10' }])
})

test('even the worker may neither edit nor unseal a sealed entry, nor remove one before its time', async () => {
  now = new Date()
  await enter('a recent one')
  await seal()
  for (const change of [
    `update audit_log set hash = repeat('0', 64)`,
    'update audit_log set chain_no = null, hash = null, sealed_at = null, is_late = null',
    'delete from audit_log',
  ])
    expect((await db.sql.query(change)).rowCount).toBe(0)
  await expect(db.sql.query(`update audit_log set actor = 'user:9'`)).rejects.toThrow('permission denied')
  await expect(cut(new Date(now.getTime() + minute).toISOString())).rejects.toThrow('none was removed')
  expect(await faults()).toEqual([])
})

test('sixteen writers, some of whom roll back, save points or commit late, and two sealers: each committed entry is sealed once, in one chain', async () => {
  const each = 200
  const committed = new Set<string>()
  const act = (tx: Parameters<typeof recordAct>[0], detail: string) =>
    recordAct(tx, { act: 'parcels.changed', actor: consoleActor, organizationId: '1', detail, now: new Date() })
  const write = async (writer: number) => {
    for (let turn = 0; turn < each; turn++) {
      const name = `${writer}-${turn}`
      const kind = (writer * 7 + turn) % 10
      const written = await db
        .transaction(async (tx) => {
          await act(tx, name)
          const names = [name]
          if (kind === 1) {
            await tx.query('savepoint undone')
            await act(tx, `${name} undone`)
            await tx.query('rollback to savepoint undone')
          }
          if (kind === 2) {
            await tx.query('savepoint kept')
            await act(tx, `${name} kept`)
            await tx.query('release savepoint kept')
            names.push(`${name} kept`)
          }
          // Others commit, and are sealed, in between.
          if (kind === 3) await tx.query('select from generate_series(1, 100000)')
          if (kind === 4) throw new Error('rolled back')
          return names
        })
        .catch((error: Error) => {
          if (error.message !== 'rolled back') throw error
          return []
        })
      for (const each of written) committed.add(each)
    }
  }
  let isDone = false
  const sealing = async () => {
    while (!isDone) await sealAudit({ db, clock: readClock })
  }
  const sealers = [sealing(), sealing()]
  await Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer)))
  isDone = true
  await Promise.all(sealers)
  await sealAudit({ db, clock: readClock })
  const { rows } = await db.sql.query<{ detail: string; no: string; isLater: boolean }>(
    `select detail, chain_no as no, id < max(id) over (order by chain_no rows between unbounded preceding and 1 preceding) as "isLater"
       from audit_log order by chain_no`,
  )
  expect(committed.size).toBeGreaterThan(2_800)
  expect(rows.map(({ detail }) => detail).toSorted()).toEqual([...committed].toSorted())
  expect(rows.map(({ no }) => Number(no))).toEqual(rows.map((_, place) => place + 1))
  // Without such, going by ids would have done.
  expect(rows.some(({ isLater }) => isLater)).toBe(true)
  expect(await faults()).toEqual([])
}, 180_000)
