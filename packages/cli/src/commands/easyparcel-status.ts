import { toConnectionView } from '@jejak/core/checking'
import { readSettings } from '@jejak/core/settings'
import { listConnections, listUnreadValues, type UnreadValue } from '@jejak/db'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { renderConnection } from '../connect/render-connection.ts'
import { withInstallation } from '../open-installation.ts'
import { print } from '../print.ts'
import { renderTable } from '../render-table.ts'

const unreadShown = 10

export const easyparcelStatusCommand = (context: CommandContext): Command =>
  new Command('easyparcel:status')
    .description('shows whether EasyParcel can be asked: access, budget, breaker, last calls, what could not be read')
    .option('--json', 'print everything as JSON', false)
    .action(({ json }: { json: boolean }) =>
      withInstallation(context, async ({ config, db, isDemo }) => {
        const now = context.now()
        const [rows, unread, { settingsOf }] = await Promise.all([
          listConnections(db.sql, { shop: 'all' }),
          listUnreadValues(db.sql, unreadShown),
          readSettings({ sql: db.sql, config }),
        ])
        const connections = rows.map((row) => ({
          ...toConnectionView(row, { now, settings: settingsOf(row.organizationId) }),
          ...{ accessTokenExpiresAt: row.accessTokenExpiresAt, breakerFailures: row.breakerFailures },
        }))
        const text = [
          ...(isDemo ? ['This is a demo: EasyParcel is simulated.'] : []),
          ...connections.map((connection) => renderConnection(connection, config.tracking.timezone)),
          renderUnread(unread),
        ]
        print(text.join('\n\n'), json && { demo: isDemo, connections, unreadValues: unread })
      }),
    )

const renderUnread = (unread: readonly UnreadValue[]): string =>
  unread.length === 0
    ? 'Every code and text of EasyParcel could be read.'
    : `What we could not read, most frequent first:\n${renderTable(
        ['TIMES', 'KIND', 'VALUE'],
        unread.map(({ times, kind, value }) => [String(times), kind, value]),
      )}`
