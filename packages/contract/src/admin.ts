import { z } from 'zod'
import { connectionView } from './connections.ts'
import { instant } from './instant.ts'

const count = z.number().int().nonnegative()

/** 202 of a tick: how many jobs it enqueued. None means that nothing is due, or that the same is waiting already. */
export const tickAnswer = z.object({ tick: z.string(), jobs: count })

export const jobParams = z.object({ id: z.uuid('A job id is a UUID, as given when the job was enqueued.') })

/** A job of the queue. `completed` means that it ran; what it found shows on the tracking. */
export const jobView = z.object({
  id: z.string(),
  queue: z.string(),
  state: z.enum(['waiting', 'active', 'completed', 'failed', 'cancelled']),
  createdAt: instant,
  startedAt: instant.nullable(),
  completedAt: instant.nullable(),
})
export type JobView = z.infer<typeof jobView>

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

export const healthView = z.object({
  status: z.enum(['ok', 'degraded']),
  reason: z.enum(['clock_off', 'jobs_failing']).optional().meta({
    description: 'The clock of this machine is more than a minute off; a kind of job fails, see the overview',
  }),
  fence: z.literal('off').optional().meta({ description: 'FENCE=off: the database does not keep shops apart' }),
})
