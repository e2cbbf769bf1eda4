import type { CallList } from '@jejak/contract'
import { callFile, listCallsPage } from '@jejak/core/listing'
import { readClock as clock } from '@jejak/db'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { print } from '../print.ts'
import { readAmount } from '../read-amount.ts'
import { readTime } from '../read-time.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'
import { instantShower } from '../show-instant.ts'
import { writePieces } from '../write-pieces.ts'

const most = 200

type Options = {
  failed: boolean
  since?: Date
  until?: Date
  limit: number
  csv: boolean
  to?: string
  shop?: string
  json: boolean
}

export const callsCommand = (context: CommandContext): Command =>
  new Command('calls')
    .description('the last calls to EasyParcel, newest first, with outcome, milliseconds and EasyParcel’s request id')
    .option('--failed', 'only those that failed; without --since in the last seven days', false)
    .option('--since <time>', 'from this time on', readTime)
    .option('--until <time>', 'before this time', readTime)
    .option('--limit <amount>', `how many, at most ${most}`, readAmount(most), 60)
    .option('--csv', 'print all that fit as CSV', false)
    .option('--to <file>', 'with --csv: write it into this file, which must not be there yet')
    .addOption(shopOption())
    .option('--json', 'print them as JSON, as GET /v1/admin/calls does', false)
    .action(({ csv, to, shop, json, since, until, ...options }: Options) => {
      if (csv && json) throw new CliError('Give --csv or --json, not both.', { exitCode: 2 })
      if (to !== undefined && !csv) throw new CliError('--to is for --csv.', { exitCode: 2 })
      const asked = { ...options, since: since?.toISOString(), until: until?.toISOString() }
      return withInstallation({ ...context, shop }, async ({ db, organizationId, settings }) => {
        const { sql } = db.ofShop(organizationId)
        const now = await clock(sql)
        if (csv) return writePieces(callFile(sql, { asked, now }), to)
        const calls = await listCallsPage(sql, { asked, now })
        const text = calls.data.length > 0 ? render(calls.data, settings.timezone) : 'There is none.'
        print(text, json && calls)
      })
    })

const orDash = (value: number | string | null): string => (value === null ? '-' : String(value))

const render = (calls: CallList['data'], timezone: string): string => {
  const show = instantShower(timezone)
  return renderTable(
    ['AT', 'ACCOUNT', 'AS', 'PARCELS', 'OUTCOME', 'FOUND', 'CHANGED', 'MS', 'HTTP', 'REQUEST', 'ERROR'],
    calls.map((call) => [
      ...[show(call.at), call.connectionId, call.kind, String(call.batch), call.outcome ?? 'under way'],
      ...[orDash(call.found), orDash(call.changed), orDash(call.ms), orDash(call.httpStatus)],
      ...[orDash(call.requestId), call.error ?? ''],
    ]),
  )
}
