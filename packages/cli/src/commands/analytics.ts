import { type ReadsRow, readsBys, readsColumns, type TransitRow, transitBys, transitColumns } from '@jejak/contract'
import { spanOfWeeks, viewReads, viewTransit } from '@jejak/core/analytics'
import { localDay } from '@jejak/core/checking'
import { csvOf } from '@jejak/core/csv'
import { readClock as clock, type ShopSql } from '@jejak/db'
import { Argument, Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { note, print, printCsv } from '../print.ts'
import { readDay } from '../read-day.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'

type Row = TransitRow | ReadsRow
type Span = { from: string; to: string }
type View = Span & { total: Row; data: Row[] }
type Table = { by: string; columns: readonly string[]; view: (shop: ShopSql, span: Span) => Promise<View> }
type Options = { from?: string; to?: string; by?: string; csv: boolean; json: boolean; shop?: string }

const choose = <By extends string>(by: string | undefined, bys: readonly [By, ...By[]]): By => {
  const chosen = by === undefined ? bys[0] : bys.find((one) => one === by)
  if (!chosen) throw new CliError(`--by is one of ${bys.join(', ')}.`, { exitCode: 2 })
  return chosen
}

const tables: Record<string, (by: string | undefined) => Table> = {
  transit: (asked) => {
    const by = choose(asked, transitBys)
    return { by, columns: transitColumns, view: (shop, span) => viewTransit(shop, { by, ...span }) }
  },
  reads: (asked) => {
    const by = choose(asked, readsBys)
    return { by, columns: readsColumns, view: (shop, span) => viewReads(shop, { by, ...span }) }
  },
}

const shownAtOnce: Record<string, string> = {
  ...{ parcels: 'PARCELS', delivered: 'DELIVERED', p50Hours: 'P50 H', p90Hours: 'P90 H' },
  ...{ firstAttemptShare: 'FIRST ATTEMPT', lateShare: 'LATE', returnedShare: 'RETURNED', lostShare: 'LOST' },
  ...{ checksPerDelivered: 'CHECKS EACH', callsPerDelivered: 'CALLS EACH' },
  ...{ reads: 'READS', missing: 'NO SUCH NUMBER', refused: 'REFUSED', readsPerDelivered: 'READS EACH' },
}

const cell = (row: Row, name: string): string => {
  const value = (row as Record<string, string | number | null | undefined>)[name]
  if (value === null || value === undefined) return '-'
  return name.endsWith('Share') ? `${(Number(value) * 100).toFixed(1)} %` : String(value)
}

const render = ({ by, columns }: Table, { total, data }: View): string => {
  const shown = columns.filter((name) => name in shownAtOnce)
  const lines = data.map((row) => [
    by === 'state' && 'name' in row && row.name ? row.name : cell(row, by),
    ...shown.map((name) => cell(row, name)),
  ])
  const last = ['in all', ...shown.map((name) => cell(total, name))]
  return renderTable([by.toUpperCase(), ...shown.map((name) => shownAtOnce[name]!)], [...lines, last])
}

/** What a shop would print about its parcels and its customers. */
export const analyticsCommand = (context: CommandContext): Command =>
  new Command('analytics')
    .description('how parcels fared (transit), or how customers looked at them (reads), in whole weeks')
    .addArgument(new Argument('<what>', 'what is told').choices(Object.keys(tables)))
    .option('--by <key>', `transit: ${transitBys.join(', ')}; reads: ${readsBys.join(', ')}`)
    .option('--from <day>', 'a day of the first week; without it, twelve weeks are told', readDay)
    .option('--to <day>', 'a day of the last week; without it this week', readDay)
    .option('--csv', 'print all columns as CSV', false)
    .option('--json', 'print all figures as JSON', false)
    .addOption(shopOption())
    .action((what: string, { from, to, by, csv, json, shop }: Options) => {
      if (csv && json) throw new CliError('Give --csv or --json, not both.', { exitCode: 2 })
      const table = tables[what]!(by)
      return withInstallation({ ...context, shop }, async ({ settings, db, organizationId }) => {
        const today = localDay(await clock(db.sql), settings.timezone)
        const view = await table.view(db.ofShop(organizationId).sql, spanOfWeeks({ from, to, today }))
        const keys = table.by === 'state' ? ['state', 'name'] : [table.by]
        if (csv) return printCsv(csvOf([...keys, ...table.columns], view.data))
        print(render(table, view), json && view)
        note(`Whole weeks, from ${view.from} to ${view.to}; refreshed each night.`)
      })
    })
