import type { Sql } from '@jejak/db'
import type { PgBoss, SendOptions } from 'pg-boss'
import { type Payload, type QueueName, queues } from './queues.ts'

/** What senders need of the queue. */
export type Boss = Pick<PgBoss, 'send'>

/** Has the queue work in the transaction of whoever asks. */
export const executorOf = (sql: Sql) => ({
  executeSql: (text: string, values?: unknown[]) => sql.query(text, values),
})

/** Sends one job; null when an equal one is waiting already, which is as good. With `sql` it commits with the caller's transaction. */
export const enqueue = <Name extends QueueName>(
  boss: Boss,
  job: { name: Name; payload: Payload<Name>; options?: Omit<SendOptions, 'db'> & { sql?: Sql } },
): Promise<string | null> => {
  const { name, payload, options: { sql, ...sendOptions } = {} } = job
  return boss.send(name, queues[name].payload.parse(payload), {
    ...sendOptions,
    ...(sql && { db: executorOf(sql) }),
  })
}

type Waking = { connectionId: string; delaySeconds?: number; sql?: Sql }

const waking = ({ connectionId, delaySeconds = 0, sql }: Waking) => ({
  singletonKey: delaySeconds > 0 ? `${connectionId}:soon` : connectionId,
  startAfter: delaySeconds,
  ...(sql && { sql }),
})

/** Asks a worker to check what is due on a connection, after `delaySeconds`: a burst of wishes becomes one job, which shares its calls. */
export const wakeConnection = (boss: Boss, asked: Waking): Promise<string | null> =>
  enqueue(boss, { name: 'check-due', payload: { connectionId: asked.connectionId }, options: waking(asked) })

/** The same for a person who waits: a job of its own, so that the answer says which, ahead of the others. */
export const wakeForPerson = (
  boss: Boss,
  { connectionId, trackingId, sql }: { connectionId: string; trackingId: string; sql: Sql },
): Promise<string | null> =>
  enqueue(boss, {
    name: 'check-due',
    payload: { connectionId },
    options: { singletonKey: `${connectionId}:${trackingId}`, priority: 50, sql },
  })

/** Asks a worker to sync an account with what EasyParcel lists of it, after `delaySeconds`; of both kinds one job of each account waits at a time. */
export const wakeAccountSync = (boss: Boss, asked: Waking): Promise<string | null> =>
  enqueue(boss, { name: 'account-sync', payload: { connectionId: asked.connectionId }, options: waking(asked) })
