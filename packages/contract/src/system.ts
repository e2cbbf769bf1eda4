import { z } from 'zod'
import { calendarDay, instant } from './instant.ts'

const count = z.number().int().nonnegative()

/** `GET /v1/operator/system`: how the machine is, from what each process stored in its last minutes. */
export const systemView = z.object({
  now: instant,
  requests: z.object({
    perMinute: z.number().nullable().meta({ description: 'Over the last five minutes that are complete' }),
    lastHour: count,
    failedLastHour: count.meta({ description: 'Answers of 500 and more' }),
    readsLastHour: count,
    notModifiedShare: z
      .number()
      .nullable()
      .meta({ description: 'Of the requests of the last hour, those answered 304' }),
    batchedShare: z.number().nullable().meta({
      description: 'Of the documents that were looked up in the last hour, those that shared the statement of another',
    }),
  }),
  routes: z
    .array(
      z.object({
        route: z.string(),
        requests: count,
        refused: count,
        failed: count,
        notModified: count,
        p50Ms: z.number().nullable(),
        p95Ms: z.number().nullable(),
      }),
    )
    .meta({ description: 'Over 24 hours, most requests first' }),
  processes: z
    .array(
      z.object({
        process: z.string(),
        role: z.string(),
        version: z.string(),
        startedAt: instant,
        seenAt: instant,
        memoryBytes: count,
        heapBytes: count,
        loopDelayMs: count,
        connections: count,
      }),
    )
    .meta({ description: 'Those that were heard of in the last three minutes' }),
  worker: z.object({ seenAt: instant.nullable() }),
  database: z.object({
    version: z.string(),
    bytes: count,
    connections: count,
    connectionsMax: count,
    sizes: z.array(z.object({ day: calendarDay, bytes: count })).meta({ description: 'Of the last 30 days' }),
  }),
  rules: z
    .object({
      checkedAt: instant.nullable().meta({ description: 'When the tick maintenance looked last; null: never' }),
      isComplete: z.boolean().meta({ description: 'False where there was no time for all parcels' }),
      data: z.array(
        z.object({
          rule: z.string(),
          holds: z.boolean(),
          failing: count.meta({ description: 'How many rows break it; 1,000 stands for any more' }),
          since: instant.nullable(),
          examples: z.array(z.looseObject({})).meta({ description: 'Up to ten of them' }),
        }),
      ),
    })
    .meta({ description: 'The rules that span several tables, those that do not hold first' }),
  migrations: z.object({
    applied: count,
    pending: z.array(z.string()).meta({ description: 'Of this release, not applied here' }),
    newer: z.array(z.string()).meta({ description: 'Applied here by a newer release' }),
  }),
})
export type SystemView = z.infer<typeof systemView>
