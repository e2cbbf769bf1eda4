import { findConnection, lockConnection, lockShop, type Said, type ShopTx, saveSaid } from '@jejak/db'
import { isNameFree } from '../connections/save-login.ts'
import { wakeConnection } from '../queue/index.ts'
import { isAsKept } from './is-as-kept.ts'
import type { Restoring } from './kinds.ts'

/** Gives an account back what people said of it, where no one has said otherwise since. */
export const restoreConnection = async (tx: ShopTx, { was: kept, deps }: Restoring<'connection'>): Promise<number> => {
  const { id: connectionId, was, is, defaultBefore } = kept
  await lockShop(tx)
  const connection = await lockConnection(tx, connectionId)
  if (!connection || !isAsKept(connection, is)) return 0
  if (was.name !== undefined && !(await isNameFree(tx, { name: was.name, connectionId }))) return 0
  if (defaultBefore && !(await isConnected(tx, defaultBefore))) return 0
  await saveSaid(tx, { connectionId, ...(was as Said) })
  if (defaultBefore) await saveSaid(tx, { connectionId: defaultBefore, isDefault: true })
  await wakeConnection(deps.boss, { connectionId, sql: tx })
  return 1
}

const isConnected = async (tx: ShopTx, connectionId: string): Promise<boolean> =>
  (await findConnection(tx, connectionId))?.disconnectedAt === null
