import { requestRefresh, wakeTrackings } from '@jejak/db'
import { afterEach, expect, test } from 'vitest'
import { systemActor as actor } from '../../actor.ts'
import { EasyParcelError } from '../../easyparcel/index.ts'
import { Refusal } from '../../errors.ts'
import { removeTracking } from '../../registering/index.ts'
import { archiveEnded, deleteEnded } from '../../retention/index.ts'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../../testing/index.ts'
import { nothingFound, wideOpen, withSettings } from '../testing/openers.ts'
import { createRandom } from '../testing/parcel-lives.ts'
import { openCall } from './open-call.ts'
import { recordAnswer, recordFailure } from './record-call.ts'

const minute = 60_000
const parcels = 60
const rounds = 40

let world: CheckWorld
afterEach(() => world.close())

/** Another deed may have removed it. */
const unlessGone = (error: unknown): void => {
  if (!(error instanceof Refusal)) throw error
}

/** Everything that writes to parcels and schedules, each over rows that the others want as well. */
const deeds = (random: () => number) => {
  const { db, installation, clock } = world
  const { organizationId, connectionId } = installation
  const deps = withSettings(world.process(), {
    ...wideOpen,
    dailyBudget: 100_000,
    breakerFailures: 1_000_000,
    batchSize: 20,
  })
  const anyId = async () =>
    (await world.query<{ id: string }>('select id from tracking_cache order by random() limit 1'))[0]?.id ?? '0'
  const server = new EasyParcelError({ kind: 'server' }, 'EasyParcel answered 500.')
  const call = async () => {
    const opening = await openCall(deps, connectionId)
    if (!opening.granted) return
    if (random() < 0.3) clock.advance(2 * minute)
    await (random() < 0.6
      ? recordFailure(deps, { call: opening.call, error: server })
      : recordAnswer(deps, { call: opening.call, answer: nothingFound }))
  }
  const aged = () => ({
    ...{ actor, now: clock.now(), olderThan: new Date(clock.now().getTime() - minute), limit: 30 },
  })
  return [
    call,
    call,
    () => archiveEnded({ db }, aged()),
    () => deleteEnded({ db }, aged()),
    async () => requestRefresh(db.ofShop(organizationId).sql, { trackingId: await anyId(), now: clock.now() }),
    async () => removeTracking(deps, { actor, organizationId, trackingId: await anyId() }).catch(unlessGone),
    () => world.register(trackingNumbers(10, Math.floor(random() * parcels))),
    async () =>
      wakeTrackings(db.sql, {
        trackingIds: [await anyId(), await anyId()],
        now: clock.now(),
        checkedBefore: clock.now(),
        wokenBefore: clock.now(),
      }),
  ]
}

test('archiving, failing and late calls, refreshes, deletions, wakes and registrations at once never wait for each other in a circle', async () => {
  world = await createCheckWorld()
  await world.query(
    `alter database current_database_name set deadlock_timeout = '100ms'`.replace(
      'current_database_name',
      (await world.query<{ name: string }>('select current_database() as name'))[0]!.name,
    ),
  )
  await world.register(trackingNumbers(parcels))
  const random = createRandom(17)
  const all = deeds(random)
  for (let round = 0; round < rounds; round++) {
    await world.query(
      `update tracking_cache set status = 'cancelled', ended_at = $1
        where archived_at is null and ended_at is null and id in (select id from tracking_cache order by random() limit 30)`,
      [new Date(world.clock.now().getTime() - 2 * minute)],
    )
    // Ended parcels that people ask about are in calls, too.
    await world.query('update tracking_schedule set next_update_due = $1, update_priority = 70 where call_id is null', [
      world.clock.now(),
    ])
    await Promise.all([...all, ...all].map((deed) => deed()))
    world.clock.advance(minute)
  }
  expect(
    (
      await world.query<{ deadlocks: number }>(
        'select deadlocks::int from pg_stat_database where datname = current_database()',
      )
    )[0],
  ).toEqual({ deadlocks: 0 })
}, 120_000)
