import { type ReadRegistration, toItemProblem } from '@jejak/contract'
import { chooseAccount } from '../connections/choose-account.ts'

/** Gives the parcels of one item the account that the item names; one that the shop does not have is the item's problem. */
export const withAccount = (
  read: ReadRegistration,
  accounts: readonly { id: string; name: string }[],
): ReadRegistration => {
  const named = read.trackings?.[0]?.connection
  if (read.problem || named === undefined) return read
  const account = chooseAccount(accounts, named)
  const message = 'This shop has no EasyParcel account with this name or id.'
  if (!account) return { problem: toItemProblem({ issues: [{ path: ['connection'], message }] }) }
  return { ...read, trackings: read.trackings.map((tracking) => ({ ...tracking, connectionId: account.id })) }
}
