import { delaySync, type Sql } from '@jejak/db'
import { backoff } from '../checking/schedule/backoff.ts'
import type { CheckingSettings } from '../checking/settings.ts'
import { failedWaitMaxMs } from './sync-passes.ts'

const waitsKnown = 12

type Fault = { connectionId: string; message: string; now: Date; settings: Pick<CheckingSettings, 'backoffMs'> }

/** A fault of ours has ended an account's sync: it waits as after a list that failed. Checks of the account go on. */
export const delayAfterFault = (sql: Sql, { settings: { backoffMs }, message, ...fault }: Fault): Promise<number> =>
  delaySync(sql, {
    ...fault,
    message: `The sync ended by a fault of ours: ${message}`.slice(0, 300),
    waitsMs: Array.from({ length: waitsKnown }, (_, place) =>
      backoff(place + 1, { capMs: failedWaitMaxMs, backoffMs }),
    ),
  })
