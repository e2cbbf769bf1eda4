import { insertAudit, type Sql } from '@jejak/db'
import { type Actor, actorName } from '../actor.ts'
import type { Act } from './acts.ts'

type Acting = {
  act: Act
  actor: Actor
  /** The shop that it concerns; null for the whole installation. */
  organizationId: string | null
  /** What it is done to, by kind and id: `user:3`, `key:12`, `parcel:55`. */
  object?: string
  /** At most 300 characters: our own words, names of fields and numbers. Nothing that someone typed, no personal data. */
  detail?: string
  result?: 'done' | 'refused'
  now: Date
}

/** Enters in the audit log what someone does; inside the transaction that does it, so that neither is kept without the other. */
export const recordAct = async (sql: Sql, { act, actor, organizationId, now, ...told }: Acting): Promise<void> => {
  const origin = 'origin' in actor ? actor.origin : undefined
  await insertAudit(sql, {
    ...{ at: now, organizationId, act, actor: actorName(actor) },
    ...{ object: told.object ?? null, detail: told.detail ?? null, result: told.result ?? 'done' },
    ...{ addressHmac: origin?.addressHmac ?? null, requestId: origin?.requestId ?? null },
  })
}
