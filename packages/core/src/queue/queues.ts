import { z } from 'zod'

// Retries are for crashed processes only: a job that could not reach EasyParcel succeeds, and the schedule says when to ask again.
const options = {
  policy: 'short',
  retryLimit: 2,
  retryDelay: 5,
  expireInSeconds: 900,
  heartbeatSeconds: 30,
  retentionSeconds: 86_400,
  deleteAfterSeconds: 86_400,
} as const

/** A queue whose one job a tick of the same name sends. */
const duty = { options, pollSeconds: 5, hasTick: true, payload: z.object({}) } as const

/** Every queue, named by its duty: how often a worker looks for jobs, and what they carry, which is ids only, never personal data. */
export const queues = {
  'check-due': {
    options,
    pollSeconds: 1,
    hasTick: false,
    payload: z.object({ connectionId: z.string().regex(/^\d+$/) }),
  },
  'account-sync': {
    options,
    pollSeconds: 2,
    hasTick: false,
    payload: z.object({ connectionId: z.string().regex(/^\d+$/) }),
  },
  'audit-seal': duty,
  'clean-up': duty,
  'daily-report': duty,
  'fold-counts': duty,
  maintenance: duty,
  // What is scheduled already follows a change of the shop's settings; a pass over a large shop takes minutes, and may begin again.
  're-plan': {
    options: { ...options, expireInSeconds: 3600 },
    pollSeconds: 2,
    hasTick: false,
    payload: z.object({ organizationId: z.string().regex(/^\d+$/) }),
  },
  // One at a time, however many workers start; a pass over a million parcels takes minutes, and continues where it was cut off.
  're-read': { ...duty, hasTick: false, options: { ...options, policy: 'stately', expireInSeconds: 21_600 } },
} as const

export type QueueName = keyof typeof queues
export type Payload<Name extends QueueName> = z.infer<(typeof queues)[Name]['payload']>
export const queueNames = Object.keys(queues) as QueueName[]
export const isQueueName = (name: string): name is QueueName => Object.hasOwn(queues, name)

export type DutyName = { [Name in QueueName]: (typeof queues)[Name]['hasTick'] extends true ? Name : never }[QueueName]
export const dutyNames = queueNames.filter((name): name is DutyName => queues[name].hasTick)
