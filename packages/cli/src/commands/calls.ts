import type { CallList } from '@jejak/contract'
import { toCallView } from '@jejak/core/checking/overview'
import { readClock as clock, listCalls } from '@jejak/db'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { print } from '../print.ts'
import { readAmount } from '../read-amount.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'
import { instantShower } from '../show-instant.ts'

const most = 200
// As GET /v1/admin/calls: so far back failures are looked for.
const failuresWithinMs = 7 * 86_400_000

type Options = { failed: boolean; limit: number; shop?: string; json: boolean }

export const callsCommand = (context: CommandContext): Command =>
  new Command('calls')
    .description('the last calls to EasyParcel, newest first, with outcome, milliseconds and EasyParcel’s request id')
    .option('--failed', 'only those that failed in the last seven days', false)
    .option('--limit <amount>', `how many, at most ${most}`, readAmount(most), 60)
    .addOption(shopOption())
    .option('--json', 'print them as JSON, as GET /v1/admin/calls does', false)
    .action(({ failed, limit, shop, json }: Options) =>
      withInstallation({ ...context, shop }, async ({ db, organizationId, settings }) => {
        const since = new Date((await clock(db.sql)).getTime() - failuresWithinMs)
        const only = failed ? { isFailed: true, since } : {}
        const calls = (await listCalls(db.ofShop(organizationId).sql, { limit, ...only })).map(toCallView)
        const text = calls.length > 0 ? render(calls, settings.timezone) : 'There is none.'
        print(text, json && { data: calls })
      }),
    )

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
