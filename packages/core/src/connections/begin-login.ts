import { createHash, randomBytes } from 'node:crypto'
import type { Config } from '@jejak/config'
import { type Clock, type ConnectionLogin, type Db, insertLogin, lockConnection, type ShopTx } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { loginUrlOf } from '../easyparcel/client/login-url.ts'
import { conflict } from '../errors.ts'
import { requireApp } from './oauth-app.ts'
import { isNameFree, noSuchConnection, refuseTooMany } from './save-login.ts'

export const loginLifeMs = 600_000
const loginsOfSession = 10

/** As a state is stored: it is random enough for a plain hash. */
export const hashState = (state: string): string => createHash('sha256').update(state).digest('hex')

type Deps = { db: Pick<Db, 'ofShop'>; clock: Clock; config: Pick<Config, 'easyparcel' | 'http'> }
type Begin = { actor: Actor; organizationId: string; sessionId: string; login: ConnectionLogin }

/** Begins a login at EasyParcel: answers the address to open, whose `state` is good once, for ten minutes, in the session that asked. */
export const beginLogin = (
  { db, clock, config }: Deps,
  { actor, organizationId, sessionId, login }: Begin,
): Promise<{ loginUrl: string; expiresAt: Date }> => {
  const app = requireApp(config)
  const state = randomBytes(32).toString('base64url')
  return db.ofShop(organizationId).transaction(async (tx) => {
    const now = await clock(tx)
    await requirePlace(tx, login)
    await insertLogin(tx, { ...login, stateHash: hashState(state), sessionId, now, keep: loginsOfSession })
    const object = login.connectionId === null ? {} : { object: `connection:${login.connectionId}` }
    await recordAct(tx, { act: 'connection.login_begun', actor, organizationId, ...object, now })
    return { loginUrl: loginUrlOf(app, state), expiresAt: new Date(now.getTime() + loginLifeMs) }
  })
}

/** Better told before the login than after it. */
const requirePlace = async (tx: ShopTx, { connectionId, name }: ConnectionLogin): Promise<void> => {
  if (connectionId === null) await refuseTooMany(tx)
  else if ((await lockConnection(tx, connectionId))?.api !== 'open') throw noSuchConnection()
  if (name !== '' && !(await isNameFree(tx, { name, connectionId })))
    throw conflict('Another EasyParcel account of this shop has this name.')
}
