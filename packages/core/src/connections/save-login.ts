import type { Environment } from '@jejak/contract'
import {
  findConnectionByName,
  findUnusedConnection,
  insertConnection,
  listAccounts,
  lockConnection,
  lockShop,
  type ShopTx,
  saveSaid,
  wakeSync,
} from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { saveLogin } from '../easyparcel/client/connection-tokens.ts'
import type { Tokens } from '../easyparcel/client/oauth.ts'
import { conflict, notFound } from '../errors.ts'
import { type Boss, wakeAccountSync } from '../queue/index.ts'
import type { Sealer } from '../secrets/sealed-secret.ts'

/** Most EasyParcel accounts that a shop may have. */
export const accountsMax = 20

/** What the person said who logged in: the account to connect again, or null for another one; an empty name and no environment change nothing. */
export type SaidAtLogin = { connectionId: string | null; name: string; environment: Environment | null }

type Saving = { actor: Actor; said: SaidAtLogin; tokens: Tokens; now: Date }

/**
 * Stores the tokens of a login: the one place that does, for browser and command line. The tokens go to the account that is connected again, else to the
 * one that was made with the shop and never connected, else to a new one. What is to follow from new access is sent here, in the same transaction.
 */
export const saveConnectionLogin = async (
  { tx, sealer, boss }: { tx: ShopTx; sealer: Sealer; boss?: Boss },
  { actor, said, tokens, now }: Saving,
): Promise<{ connectionId: string; isNew: boolean }> => {
  await lockShop(tx)
  const { connectionId, isNew } = await accountOf(tx, said)
  await saveLogin({ sql: tx, connectionId, sealer }, { tokens, now })
  const name = said.name !== '' && (await isNameFree(tx, { name: said.name, connectionId })) ? said.name : undefined
  await saveSaid(tx, {
    connectionId,
    ...(name && { name }),
    ...(said.environment && { environment: said.environment }),
  })
  const act = isNew ? 'connection.connected' : 'connection.reconnected'
  const { organizationId } = tx
  await wakeSync(tx, { connectionId, now })
  // Without a queue the next tick finds it.
  if (boss) await wakeAccountSync(boss, { connectionId, sql: tx })
  await recordAct(tx, { act, actor, organizationId, object: `connection:${connectionId}`, now })
  return { connectionId, isNew }
}

const accountOf = async (tx: ShopTx, { connectionId, name }: SaidAtLogin) => {
  if (connectionId !== null) {
    const known = await lockConnection(tx, connectionId)
    if (known?.api !== 'open') throw noSuchConnection()
    return { connectionId, isNew: known.connectedAt === null && !known.isAuthorised }
  }
  const unused = await findUnusedConnection(tx)
  if (unused) return { connectionId: unused.id, isNew: true }
  await refuseTooMany(tx)
  const free = name !== '' && !(await findConnectionByName(tx, name))
  return { connectionId: await insertConnection(tx, { name: free ? name : '' }), isNew: true }
}

/** Whether no other account of the shop has this name. */
export const isNameFree = async (
  tx: ShopTx,
  { name, connectionId }: { name: string; connectionId: string | null },
): Promise<boolean> => {
  const holder = await findConnectionByName(tx, name)
  return !holder || holder.id === connectionId
}

export const noSuchConnection = () => notFound('This shop has no EasyParcel account with this id.')

export const refuseTooMany = async (tx: ShopTx): Promise<void> => {
  const accounts = await listAccounts(tx, 'open')
  if (accounts.length >= accountsMax)
    throw conflict(
      `This shop has ${accounts.length} EasyParcel accounts, and ${accountsMax} is the most: connect one of them again.`,
    )
}
