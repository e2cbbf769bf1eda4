import { inspect } from 'node:util'
import { createCheckDeps } from '@jejak/core/checking'
import { findBrokenRules, listConnections, listDueSyncs, listJobFailures } from '@jejak/db'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cleanUpJob } from './clean-up.ts'
import { tellingOfFailure } from './handlers.ts'
import { checkDueJob } from './jobs.ts'
import { aJob, createWorkerWorld, type WorkerWorld } from './testing/worker-world.ts'

let world: WorkerWorld
beforeEach(async () => {
  world = await createWorkerWorld({ env: { TRACKING_CALLS_PER_SECOND: '100', TRACKING_JITTER: '0' } })
  await world.register(['EPTEST-IN-TRANSIT1'])
})
afterEach(() => world.close())

const runCheck = (deps = world.deps) => {
  const { connectionId } = world.installation
  const told = { id: aJob.id, queue: 'check-due', connectionId } as const
  return tellingOfFailure(deps, { job: told, work: () => checkDueJob(deps, { ...aJob, payload: { connectionId } }) })
}
const faulty = () => ({
  ...world.deps,
  checks: {
    ...world.deps.checks,
    easyParcelOf: () => ({
      batchMax: 50,
      trackMany: async (): Promise<never> => {
        throw new TypeError('cannot read what is not there')
      },
    }),
  },
})
const connection = async () => (await listConnections(world.db.sql, { shop: 'all' }))[0]!
const calls = () => world.query<{ outcome: string }>('select outcome from api_calls')

test('a job that fails is logged, counted and shown, and its connection is paused instead of spending the budget', async () => {
  await expect(runCheck(faulty())).rejects.toThrow('cannot read')
  expect(world.logged).toContainEqual(expect.objectContaining({ level: 50, queue: 'check-due', msg: 'a job failed' }))
  for (let run = 0; run < 3; run++) await runCheck(faulty())
  expect(await calls()).toHaveLength(1)
  const failure = { queue: 'check-due', connectionId: world.installation.connectionId, times: 1 }
  expect(await listJobFailures(world.db.sql, { shop: 'all' })).toMatchObject([
    { ...failure, message: 'cannot read what is not there' },
  ])
  expect(await connection()).toMatchObject({
    pauseReason: 'jobs_failing',
    lastFailure: 'A check ended by a fault of ours: cannot read what is not there',
  })
  const broken = (await findBrokenRules(world.db.sql, world.clock.now())).map(({ rule }) => rule)
  expect(broken).toContain('no job of the queue keeps failing')
})

test('a fault of ours in the sync delays the sync, longer each time, and the checks of the account go on', async () => {
  const { connectionId } = world.installation
  const told = { id: aJob.id, queue: 'account-sync', connectionId } as const
  await world.query(
    'insert into account_syncs (connection_id, organization_id, next_run_at) select id, organization_id, $1 from connections',
    [world.clock.now()],
  )
  const waits: number[] = []
  for (let run = 0; run < 3; run++) {
    const work = async (): Promise<never> => {
      throw new TypeError('cannot book what is not there')
    }
    await expect(tellingOfFailure(world.deps, { job: told, work })).rejects.toThrow('cannot book')
    expect(await listDueSyncs(world.db.sql, world.clock.now())).toEqual([])
    const [sync] = await world.query<{ due: Date; error: string }>(
      'select next_run_at as due, last_error as error from account_syncs',
    )
    expect(sync!.error).toBe('The sync ended by a fault of ours: cannot book what is not there')
    waits.push((sync!.due.getTime() - world.clock.now().getTime()) / 60_000)
  }
  expect(waits).toEqual([1, 5, 15])
  expect(await listJobFailures(world.db.sql, { shop: 'all' })).toMatchObject([{ queue: 'account-sync', times: 3 }])
  expect(await connection()).toMatchObject({ pauseReason: null, lastFailure: null })
  await runCheck()
  expect(await calls()).toEqual([{ outcome: 'ok' }])
})

test.each([
  ['could not read', `select 'Encik Zulqarnain'::int`, 'the database refused a value (22P02)'],
  ['refused', `update tracking_cache set events = 'Encik Zulqarnain'`, 'tracking_cache_events_check'],
])('a text that the database %s is in no job, no log line and no list of failures', async (_, sql, message) => {
  const told = { id: aJob.id, queue: 'maintenance', connectionId: null } as const
  // As the owner, who does without the fence: to a fenced role the database shows no refused row.
  const work = async () => void (await world.query(sql))
  const thrown = await tellingOfFailure(world.deps, { job: told, work }).catch(inspect)
  expect(thrown).toContain(message)
  const stored = await listJobFailures(world.db.sql, { shop: 'all' })
  expect(JSON.stringify([thrown, world.logged, stored])).not.toContain('Zulqarnain')
})

test('a failure is over once a check goes through again, and begins to count again', async () => {
  await runCheck(faulty()).catch(() => {})
  world.clock.advance(3_600_000)
  await runCheck(faulty()).catch(() => {})
  expect(await listJobFailures(world.db.sql, { shop: 'all' })).toMatchObject([{ times: 2 }])
  world.clock.advance(3_600_000)
  await runCheck()
  expect(await listJobFailures(world.db.sql, { shop: 'all' })).toEqual([])
  expect(await connection()).toMatchObject({ pauseReason: null })
})

test('with another SECRET_KEY nothing is asked and nothing is charged, and the operator reads why', async () => {
  await runCheck()
  const before = await calls()
  await world.query('update tracking_schedule set next_update_due = $1', [world.clock.now()])
  const installation = { ...world.installation, secretKeys: ['the secret of quite another installation'] as const }
  const { config, db } = world
  const checks = createCheckDeps({ ...world.deps, config, db, installation })
  for (let run = 0; run < 3; run++) await runCheck({ ...world.deps, checks })
  expect(await calls()).toEqual(before)
  expect(await connection()).toMatchObject({
    pauseReason: 'not_authorised',
    lastFailure: expect.stringContaining('sealed with another SECRET_KEY'),
  })
})

test('a step of the clean-up that fails keeps no other step from its work', async () => {
  await world.query('alter table tracking_update_logs rename to elsewhere')
  await world.query(
    `insert into daily_reports (connection_id, day, calls, calls_manual, calls_failed, numbers_asked, numbers_found,
      trackings_changed, trackings_by_status) values ($1, '2020-01-01', 0, 0, 0, 0, 0, 0, '{}')`,
    [world.installation.connectionId],
  )
  await expect(cleanUpJob(world.deps, aJob)).rejects.toThrow(/failed, the others are done: logs\.$/)
  expect(world.logged).toContainEqual(expect.objectContaining({ level: 50, step: 'logs' }))
  expect(await world.query('select from daily_reports')).toEqual([])
})
