import { type Clock, type Db, findConnection, wakeSync } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { conflict, notFound } from '../errors.ts'
import { type Boss, wakeAccountSync } from '../queue/index.ts'

type Deps = { db: Pick<Db, 'ofShop'>; boss: Boss; clock: Clock }

/** Has an account synced now, for someone who asks. */
export const requestSync = (
  { db, boss, clock }: Deps,
  { actor, organizationId, connectionId }: { actor: Actor; organizationId: string; connectionId: string },
): Promise<{ jobId: string | null }> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    const now = await clock(tx)
    const known = await findConnection(tx, connectionId)
    if (!known) throw notFound('This shop has no EasyParcel account with this id.')
    if (known.api === 'classic') throw conflict('The classic API has no list of bookings: register parcels by hand.')
    if (!known.isAuthorised)
      throw conflict('This account is not connected: connect it, and its bookings come by themselves.')
    if (!(await wakeSync(tx, { connectionId, now }))) throw conflict('This account is being synced right now.')
    const object = `connection:${connectionId}`
    await recordAct(tx, { act: 'sync.requested', actor, organizationId, object, now })
    return { jobId: await wakeAccountSync(boss, { connectionId, sql: tx }) }
  })
