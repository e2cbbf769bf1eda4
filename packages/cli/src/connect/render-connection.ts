import type { ConnectionView } from '@jejak/contract'
import { instantShower } from '../show-instant.ts'

const troubles: Record<NonNullable<ConnectionView['trouble']>, string> = {
  not_authorised: 'access was refused or is missing: run easyparcel:connect',
  upstream_down: 'calls fail, or EasyParcel asked us to wait; it is tried again from time to time',
  paused: 'someone has paused it: run resume to go on',
  jobs_failing: 'a fault of ours ends its checks; see the last failure, and jejak check',
  budget_spent: 'the budget of today is spent',
  paced: 'ahead of the day’s plan; the next call waits for its time',
  number_unknown: 'none',
}

/** How an account is called on the terminal. */
export const nameOfConnection = ({ id, name }: Pick<ConnectionView, 'id' | 'name'>): string =>
  name ? `${name} (${id})` : id

const pauseOf = ({ pause }: ConnectionView, show: (at: string) => string): string => {
  if (!pause) return 'no'
  const until = pause.until ? `until ${show(pause.until)}` : 'until someone resumes it'
  return `since ${show(pause.since)}, ${until}${pause.reason ? `: ${pause.reason}` : ''}`
}

const tokenOf = ({ api, token }: ConnectionView, show: (at: string) => string): string => {
  if (api === 'classic') return 'never'
  if (!token) return 'there is none'
  const end = token.expiresAt ? show(token.expiresAt) : 'unknown'
  if (token.refusedAt) return `${end}; EasyParcel refused to renew it ${show(token.refusedAt)}`
  return `${end}; ${token.renewsItself ? 'it renews itself' : 'it cannot be renewed'}`
}

/** An account with all that people need to know about it. */
export const renderConnection = (connection: ConnectionView, timezone: string): string => {
  const show = instantShower(timezone)
  const { api, isAuthorised, trouble, budget, breakerOpenUntil, environment, isDefault } = connection
  const access = api === 'classic' ? 'by key' : isAuthorised ? 'connected' : 'not connected: run easyparcel:connect'
  const { day, used, usedManually, plan, extra, limit, left, reserve, reserveLeft, allowedByNow } = budget
  const total = extra > 0 ? `${limit} (${plan} and ${extra} more for today)` : String(limit)
  const lines = {
    Access: access,
    Environment: environment ?? 'not said: live or sandbox?',
    ...(connection.needs && { Needs: connection.needs.sentence }),
    'Token ends': tokenOf(connection, show),
    Trouble: trouble ? troubles[trouble] : 'none',
    Paused: pauseOf(connection, show),
    Budget: `${used} of ${total} calls used on ${day} (${usedManually} for people), ${left} left; the plan allows ${allowedByNow} by now`,
    Reserve: `${reserveLeft} of ${reserve} calls left for what people ask for`,
    Breaker: breakerOpenUntil
      ? `open after failed calls; the next probe may go at ${show(breakerOpenUntil)}`
      : 'closed',
    'Last good call': show(connection.lastGoodCallAt),
    'Last failure': connection.lastFailureAt
      ? `${show(connection.lastFailureAt)}: ${connection.lastFailure ?? ''}`
      : 'none',
  }
  const rows = Object.entries(lines).map(([name, value]) => `  ${name.padEnd(15)} ${value}`)
  const kind = `${api} API${isDefault ? ', the default' : ''}`
  return [`Connection ${nameOfConnection(connection)} (${kind}; times in ${timezone})`, ...rows].join('\n')
}
