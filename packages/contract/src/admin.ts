import { z } from 'zod'
import { connectionView } from './connections.ts'
import { instant } from './instant.ts'

const count = z.number().int().nonnegative()
const jobWords = ['waiting', 'active', 'completed', 'failed', 'cancelled'] as const

/** 202 of a tick: how many jobs it enqueued. None means that nothing is due, or that the same is waiting already. */
export const tickAnswer = z.object({ tick: z.string(), jobs: count })

export const jobParams = z.object({ id: z.uuid('A job id is a UUID, as given when the job was enqueued.') })

/** A job of the queue. `completed` means that it ran; what it found shows on the tracking. */
export const jobView = z.object({
  id: z.string(),
  queue: z.string(),
  state: z.enum(jobWords),
  createdAt: instant,
  startedAt: instant.nullable(),
  completedAt: instant.nullable(),
})
export type JobView = z.infer<typeof jobView>

/** How EasyParcel answered: in the last hour, and in the last 24. */
const answersOfEasyparcel = z.object({
  calls: count.meta({ description: 'Closed ones' }),
  failed: count,
  successRate: z.number().nullable(),
  p50Ms: count.nullable(),
  p95Ms: count.nullable(),
})

/** `GET /v1/operator/jobs`: the newest first. */
export const jobsQuery = z.strictObject({
  queue: z.string().max(60).optional(),
  state: z.enum(jobWords).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.uuid('A cursor is the nextCursor of the page before.').optional(),
})

export const jobsPage = z.object({
  counts: z
    .array(z.object({ queue: z.string(), state: z.enum(jobWords), amount: count, oldestAt: instant }))
    .meta({ description: 'Of the first page: how many jobs each queue has, over all states' }),
  data: z.array(
    jobView.extend({
      payload: z.record(z.string(), z.string()).nullable().meta({ description: 'Ids only' }),
      startsAfter: instant,
      retries: count,
      message: z.string().nullable().meta({ description: 'Why its last run failed' }),
    }),
  ),
  nextCursor: z.string().nullable(),
})

export const retryFailedJobs = z.strictObject({ queue: z.string().max(60).optional() })
export const retryAnswer = z.object({ sent: count.meta({ description: 'New jobs; what is the same waits only once' }) })
export const jobRetried = retryAnswer.extend({
  job: z.string().nullable().meta({ description: 'The new job; null where the same waits already' }),
})

/** `GET /v1/operator/overview`: the whole installation at a glance; `GET /v1/admin/overview`: one shop's part of it. */
export const overviewView = z.object({
  demo: z.boolean(),
  trackings: z.object({
    byStatus: z.record(z.string(), count),
    dueNow: count.meta({ description: 'Of one class and account, at most 10,000 are counted' }),
    inFlight: count,
    requiringAttention: count,
  }),
  checks: count.meta({ description: 'Numbers asked today, in the calls that are over' }),
  calls: count.meta({ description: 'Calls of today' }),
  connections: z.array(connectionView),
  attention: z.record(z.string(), count).meta({ description: 'Parcels that need a person, by reason' }),
  freshness: z
    .object({ at: instant, fresh: count, stale: count, expired: count })
    .nullable()
    .meta({ description: 'Living parcels, as counted at that time, every five minutes' }),
  oldestDueAt: instant.nullable().meta({ description: 'Since when the parcel that waits longest is due' }),
  reads: z
    .object({ total: count, fresh: count, stale: count, expired: count, final: count, missing: count, refused: count })
    .meta({
      description:
        'How often parcels were looked at today, by how fresh they were; `refused`: order look-ups that fit nothing',
    }),
  callsSaved: count.meta({
    description: 'Reads that found a parcel today, less the calls: what one call a read would have cost more',
  }),
  easyparcel: z.object({ hour: answersOfEasyparcel, day: answersOfEasyparcel }),
  failingJobs: z
    .array(
      z.object({
        queue: z.string(),
        connectionId: z.string().nullable(),
        times: count,
        firstAt: instant,
        lastAt: instant,
        message: z.string(),
      }),
    )
    .meta({ description: 'Kinds of jobs whose last run failed: since when, how often in a row, and why' }),
})
export type OverviewView = z.infer<typeof overviewView>

export const healthView = z.object({
  status: z.enum(['ok', 'degraded']),
  reason: z.enum(['clock_off', 'jobs_failing']).optional().meta({
    description: 'The clock of this machine is more than a minute off; a kind of job fails, see the overview',
  }),
  fence: z.literal('off').optional().meta({ description: 'FENCE=off: the database does not keep shops apart' }),
})
