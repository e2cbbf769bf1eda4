import type { ConnectionView } from '@jejak/contract'
import type { ConnectionOverview } from '@jejak/db'
import { notAuthorised } from './gate.ts'

type Needs = NonNullable<ConnectionView['needs']>

const needs = (action: Needs['action'], sentence: string): Needs => ({ action, sentence })

const shown = (at: Date, timezone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: timezone, dateStyle: 'medium', timeStyle: 'short' }).format(at)

/** What a person has to do about an account, in words for them; null when there is nothing. */
export const connectionNeeds = (connection: ConnectionOverview, { timezone }: { timezone: string }): Needs | null => {
  const { api, isAuthorised, disconnectedAt, pauseReason, refreshRefusedAt, canRenew, accessTokenExpiresAt } =
    connection
  const isRefused = pauseReason === notAuthorised
  if (api === 'classic') {
    const sentence = 'EasyParcel does not accept the API key: correct EASYPARCEL_API_KEY and restart the worker.'
    return isRefused ? needs('set_key', sentence) : null
  }
  if (disconnectedAt)
    return needs(
      'reconnect',
      'This account is disconnected. Its parcels are kept and no longer checked; connect it again to go on.',
    )
  if (!isAuthorised)
    return needs(
      'connect',
      'This account is not connected to EasyParcel yet, so its parcels are not checked: connect it.',
    )
  if (isRefused)
    return needs(
      'reconnect',
      'EasyParcel refuses the access of this account, so its parcels are not checked: connect it again.',
    )
  const end = accessTokenExpiresAt ? `until ${shown(accessTokenExpiresAt, timezone)}` : 'while the present access lasts'
  if (refreshRefusedAt)
    return needs(
      'reconnect',
      `EasyParcel refused to renew the access of this account. Checks go on ${end}: connect it again before they stop.`,
    )
  if (!canRenew && accessTokenExpiresAt)
    return needs(
      'reconnect',
      `EasyParcel gave no way to renew the access of this account. Checks go on ${end}: connect it again before they stop.`,
    )
  if (connection.environment === null)
    return needs(
      'say_environment',
      'Say whether this is a live or a sandbox account of EasyParcel: in a sandbox no parcel ever moves.',
    )
  return null
}
