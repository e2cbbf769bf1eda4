import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { connect, type Db } from './connect.ts'
import { FenceError } from './fence/session-as.ts'
import { type ChangeListener, listenForChanges } from './listen-changes.ts'
import { insertChanges } from './queries/changes/change-log.ts'
import type { ParcelRef } from './queries/parcels/parcel-row.ts'
import { insertTrackings } from './queries/parcels/write-parcels.ts'
import { ensureDefaultConnection } from './queries/shops/installation.ts'
import type { Tx } from './sql.ts'
import { aParcel } from './testing/create-test-shop.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'

const now = new Date('2026-11-17T02:00:00Z')
let database: TestDatabase
let db: Db
let shop: { organizationId: string; connectionId: string }
beforeAll(async () => {
  database = await createTestDatabase()
  db = connect({ ...options(), poolMax: 4, statementTimeoutMs: 15_000 })
  shop = await db.transaction((tx) => ensureDefaultConnection(tx, { api: 'open' }))
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

const options = () => ({
  as: 'owner' as const,
  url: database.url,
  applicationName: 'jejak-listen-test',
  connectTimeoutMs: 5_000,
  onError: () => undefined,
})

let listeners: ChangeListener[] = []
afterEach(async () => {
  await Promise.all(listeners.map(({ close }) => close()))
  listeners = []
})

/** A listener that has begun to listen, and what it heard. */
const listen = async () => {
  const heard: string[] = []
  let gaps = 0
  const errors: Error[] = []
  listeners.push(
    listenForChanges({
      ...options(),
      probeMs: 50,
      onError: (error) => errors.push(error),
      onChange: (trackingNumber) => heard.push(trackingNumber),
      onGap: () => {
        gaps += 1
      },
    }),
  )
  await expect.poll(() => gaps).toBe(1)
  return { heard, errors, gaps: () => gaps }
}

const register = (trackingNumbers: readonly string[], to = shop) => {
  const trackings = trackingNumbers.map((trackingNumber) => ({
    ...aParcel(trackingNumber),
    ...{ orderNumber: 'SECRET-ORDER', orderFolded: 'SECRET-ORDER' },
    document: `{"trackingNumber":"${trackingNumber}"`,
    documentVersion: 'one',
  }))
  return db.transaction((tx) => insertTrackings(tx, { ...to, now, trackings }))
}

const enter = (tx: Tx, parcels: readonly Omit<ParcelRef, 'organizationId'>[], isWatched = true) =>
  insertChanges(tx, {
    ...{ at: now, triggeredBy: 'worker', callId: null },
    changes: parcels.map((parcel) => ({
      ...{ kind: 'events_added', parcel: { ...parcel, organizationId: shop.organizationId }, isWatched },
    })),
  })

/** Sends a message of our own after everything else, so that what was not heard before it was never sent. */
const settled = async (heard: readonly string[]) => {
  await db.sql.query(`select pg_notify('tracking_changed', 'END')`)
  await expect.poll(() => heard.includes('END')).toBe(true)
  return heard.filter((number) => number !== 'END')
}

test('changes of parcels tell their numbers, and nothing else, when they commit', async () => {
  const parcels = await register(['CHECKED-1', 'CHECKED-2', 'CHECKED-3'])
  const { heard } = await listen()
  await db.transaction(async (tx) => {
    await enter(tx, parcels.slice(0, 2))
    await enter(tx, parcels.slice(2), false)
    await db.sql.query(`select pg_notify('tracking_changed', 'BEFORE-COMMIT')`)
    await expect.poll(() => heard).toEqual(['BEFORE-COMMIT'])
  })
  expect(await settled(heard)).toEqual(['BEFORE-COMMIT', 'CHECKED-1', 'CHECKED-2'])
})

test('a change that is rolled back is told to no one', async () => {
  const parcels = await register(['ROLLED-BACK'])
  const { heard } = await listen()
  const failing = db.transaction(async (tx) => {
    await enter(tx, parcels)
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await settled(heard)).toEqual([])
})

test('a registration says whether the number was here before, since no one can be watching it otherwise', async () => {
  const [{ id } = { id: '' }] = await register(['HERE-BEFORE', 'STILL-ACTIVE'])
  await db.sql.query(`update tracking_cache set status = 'cancelled', ended_at = $2, archived_at = $2 where id = $1`, [
    id,
    now,
  ])
  const outcomes = await register(['HERE-BEFORE', 'STILL-ACTIVE', 'NEVER-SEEN'])
  expect(outcomes.map(({ trackingNumber, isNew, wasKnown }) => [trackingNumber, isNew, wasKnown]).sort()).toEqual([
    ['HERE-BEFORE', true, true],
    ['NEVER-SEEN', true, false],
    ['STILL-ACTIVE', false, true],
  ])
})

test('a listener whose session may do more than hear of changes hears nothing, and says why', async () => {
  const url = new URL(database.url)
  url.searchParams.set('options', '-c role=jejak_worker')
  const errors: Error[] = []
  let gaps = 0
  listeners.push(
    listenForChanges({
      ...{ ...options(), url: url.href, as: 'public', probeMs: 50, onChange: () => undefined },
      onError: (error) => errors.push(error),
      onGap: () => {
        gaps += 1
      },
    }),
  )
  await expect.poll(() => errors.length).toBeGreaterThan(1)
  expect(errors.every((error) => error instanceof FenceError)).toBe(true)
  expect(gaps).toBe(0)
})

test('a listener whose connection is cut off listens again by itself and says that it may have missed something', async () => {
  const { heard, gaps, errors } = await listen()
  await db.sql.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'jejak-listen-test' and query in ('select', 'listen tracking_changed')`,
  )
  await expect.poll(gaps).toBe(2)
  expect(errors).toHaveLength(1)
  await db.sql.query(`select pg_notify('tracking_changed', 'HEARD-AGAIN')`)
  await expect.poll(() => heard).toEqual(['HEARD-AGAIN'])
})

test('a closed listener leaves no connection behind, even while the server cannot be reached', async () => {
  const { close } = listenForChanges({
    ...options(),
    url: 'postgres://127.0.0.1:1/nowhere',
    probeMs: 50,
    onChange: () => undefined,
    onGap: () => undefined,
  })
  await close()
  await listen()
  await Promise.all(listeners.map((listener) => listener.close()))
  await expect
    .poll(
      async () =>
        (
          await db.sql.query(
            `select from pg_stat_activity where datname = current_database() and query in ('select', 'listen tracking_changed')`,
          )
        ).rowCount,
    )
    .toBe(0)
})
