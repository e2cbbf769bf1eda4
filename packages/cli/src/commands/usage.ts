import { type UsageBy, type UsageList, type UsageRow, usageBys } from '@jejak/contract'
import { csvOf } from '@jejak/core/csv'
import { findUsage, usageColumns } from '@jejak/core/usage'
import { readClock as clock } from '@jejak/db'
import { Command, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { note, print, printCsv } from '../print.ts'
import { readDay } from '../read-day.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'
import { instantShower } from '../show-instant.ts'

type Options = { by: UsageBy; from?: string; to?: string; csv: boolean; json: boolean; shop?: string }

export const usageCommand = (context: CommandContext): Command =>
  new Command('usage')
    .description('what the calls to EasyParcel were used for, and how often customers looked, by hour, day or courier')
    .addOption(new Option('--by <key>', 'what each line is').choices(usageBys).default('day'))
    .option('--from <day>', 'the first day; without it a week ago, by hour today', readDay)
    .option('--to <day>', 'the last day; without it today', readDay)
    .option('--csv', 'print it as CSV', false)
    .option('--json', 'print it as JSON, as GET /v1/admin/usage does', false)
    .addOption(shopOption())
    .action(({ by, from, to, csv, json, shop }: Options) => {
      if (csv && json) throw new CliError('Give --csv or --json, not both.', { exitCode: 2 })
      return withInstallation({ ...context, shop }, async ({ db, organizationId, settings }) => {
        const { timezone } = settings
        const asked = { by, from, to, now: await clock(db.sql), timezone }
        const usage = await findUsage(db.ofShop(organizationId).sql, asked)
        if (csv) return printCsv(csvOf(usageColumns[by], usage.data))
        print(render(usage, { by, timezone }), json && usage)
        if (!usage.isComplete) note('Of today only the newest calls are counted by courier.')
      })
    })

const render = ({ data }: UsageList, { by, timezone }: { by: UsageBy; timezone: string }): string => {
  if (data.length === 0) return 'Nothing happened in these days.'
  const columns = usageColumns[by]
  const show = instantShower(timezone)
  const cell = (row: UsageRow, column: keyof UsageRow): string => {
    const value = row[column]
    if (value === null || value === undefined) return column === 'courier' ? 'not said' : '-'
    return column === 'hour' ? show(String(value)) : String(value)
  }
  return renderTable(
    columns.map((column) => column.toUpperCase()),
    data.map((row) => columns.map((column) => cell(row, column))),
  )
}
