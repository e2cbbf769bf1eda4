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

const nothing = z.object({})

/** Every queue, named by its duty, with what its jobs carry: ids only, never personal data. */
export const queues = {
  'check-due': { options, payload: z.object({ connectionId: z.string().regex(/^\d+$/) }) },
  'clean-up': { options, payload: nothing },
  'daily-report': { options, payload: nothing },
  maintenance: { options, payload: nothing },
  // One at a time, however many workers start; a pass over a million parcels takes minutes, and goes on where it was cut off.
  're-read': { options: { ...options, policy: 'stately', expireInSeconds: 21_600 }, payload: nothing },
} as const

export type QueueName = keyof typeof queues
export type Payload<Name extends QueueName> = z.infer<(typeof queues)[Name]['payload']>
export const queueNames = Object.keys(queues) as QueueName[]
