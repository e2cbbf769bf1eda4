import type { ConnectionView } from '@jejak/contract'
import { toConnectionView } from '@jejak/core/checking'
import { type ConnectionOverview, listConnections, listUnreadValues, type UnreadValue } from '@jejak/db'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { print } from '../print.ts'
import { renderTable } from '../render-table.ts'
import { instantShower } from '../show-instant.ts'

const unreadShown = 10

export const easyparcelStatusCommand = (context: CommandContext): Command =>
  new Command('easyparcel:status')
    .description('shows whether EasyParcel can be asked: access, budget, breaker, last calls, what could not be read')
    .option('--json', 'print everything as JSON', false)
    .action(({ json }: { json: boolean }) =>
      withInstallation(context, async ({ config, db, isDemo }) => {
        const now = context.now()
        const [rows, unread] = await Promise.all([
          listConnections(db.sql, { shop: 'all' }),
          listUnreadValues(db.sql, unreadShown),
        ])
        const connections = rows.map((row) => toDetails(row, { now, settings: config.tracking }))
        const text = [
          ...(isDemo ? ['This is a demo: EasyParcel is simulated.'] : []),
          ...connections.map((connection) => renderConnection(connection, config.tracking.timezone)),
          renderUnread(unread),
        ]
        print(text.join('\n\n'), json && { demo: isDemo, connections, unreadValues: unread })
      }),
    )

type Details = ConnectionView & Pick<ConnectionOverview, 'accessTokenExpiresAt' | 'breakerFailures'>

const toDetails = (row: ConnectionOverview, at: Parameters<typeof toConnectionView>[1]): Details => ({
  ...toConnectionView(row, at),
  accessTokenExpiresAt: row.accessTokenExpiresAt,
  breakerFailures: row.breakerFailures,
})

const troubles: Record<NonNullable<ConnectionView['trouble']>, string> = {
  not_authorised: 'access was refused or is missing: run easyparcel:connect',
  upstream_down: 'calls fail, or EasyParcel asked us to wait; it is tried again from time to time',
  jobs_failing: 'a fault of ours ends its checks; see the last failure, and jejak check',
  budget_spent: 'the budget of today is spent',
  paced: 'ahead of the day’s plan; the next call waits for its time',
  number_unknown: 'none',
}

const renderConnection = (connection: Details, timezone: string): string => {
  const show = instantShower(timezone)
  const { id, api, isAuthorised, trouble, budget, breakerFailures, breakerOpenUntil } = connection
  const { day, used, usedManually, limit, left, allowedByNow } = budget
  const access = api === 'classic' ? 'by key' : isAuthorised ? 'connected' : 'not connected: run easyparcel:connect'
  const breaker = breakerOpenUntil
    ? `open after ${breakerFailures} failed calls; the next probe may go at ${show(breakerOpenUntil)}`
    : `closed, ${breakerFailures} failed calls in a row`
  const lines = {
    Access: access,
    'Token ends': api === 'classic' ? 'never' : show(connection.accessTokenExpiresAt),
    Trouble: trouble ? troubles[trouble] : 'none',
    Budget: `${used} of ${limit} calls used on ${day} (${usedManually} for people), ${left} left; the plan allows ${allowedByNow} by now`,
    Breaker: breaker,
    'Last good call': show(connection.lastGoodCallAt),
    'Last failure': connection.lastFailureAt
      ? `${show(connection.lastFailureAt)}: ${connection.lastFailure ?? ''}`
      : 'none',
  }
  const rows = Object.entries(lines).map(([name, value]) => `  ${name.padEnd(15)} ${value}`)
  return [`Connection ${id} (${api} API; times in ${timezone})`, ...rows].join('\n')
}

const renderUnread = (unread: readonly UnreadValue[]): string =>
  unread.length === 0
    ? 'Every code and text of EasyParcel could be read.'
    : `What we could not read, most frequent first:\n${renderTable(
        ['TIMES', 'KIND', 'VALUE'],
        unread.map(({ times, kind, value }) => [String(times), kind, value]),
      )}`
