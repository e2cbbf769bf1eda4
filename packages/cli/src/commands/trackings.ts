import { type TrackingFilter, type TrackingSort, trackingSorts } from '@jejak/contract'
import { asListed, type FileSort, narrowingOf, trackingFile, usualSort } from '@jejak/core/listing'
import { listTrackingLines } from '@jejak/db'
import { Command, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { addFilterOptions, filterOf, peopleOf } from '../filter-options.ts'
import { type OpenedInstallation, withInstallation } from '../open-installation.ts'
import { note, print } from '../print.ts'
import { readAmount } from '../read-amount.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'
import { instantShower } from '../show-instant.ts'
import { writePieces } from '../write-pieces.ts'

const limitMax = 1000

type Options = { [name: string]: unknown } & {
  sort?: TrackingSort
  limit: number
  csv: boolean
  json: boolean
  to?: string
  shop?: string
}

/** Lists parcels, or writes them into a file. */
export const trackingsCommand = (context: CommandContext): Command =>
  addFilterOptions(
    new Command('trackings').description('lists the parcels of a shop that fit a filter, or writes all of them as CSV'),
  )
    .addOption(new Option('--sort <order>', 'by what the list goes; a minus turns it round').choices(trackingSorts))
    .option('--limit <number>', 'how many are listed', readAmount(limitMax), 50)
    .option('--csv', 'print all that fit as CSV, by registration', false)
    .option('--to <file>', 'with --csv: write it into this file, which must not be there yet')
    .option('--json', 'print the list as JSON', false)
    .addOption(shopOption())
    .action((options: Options) => {
      const { csv, json, to, shop } = options
      if (csv && json) throw new CliError('Give --csv or --json, not both.', { exitCode: 2 })
      if (to !== undefined && !csv) throw new CliError('--to is for --csv.', { exitCode: 2 })
      const filter = filterOf(options)
      return withInstallation({ ...context, shop }, (opened) =>
        csv ? writeFile(opened, { filter, options }) : list(opened, { filter, options }),
      )
    })

type Asked = { filter: TrackingFilter; options: Options }

const narrow = (opened: OpenedInstallation, filter: TrackingFilter) =>
  narrowingOf(opened.db.ofShop(opened.organizationId).sql, { filter: asListed(filter), people: peopleOf(opened) })

const isOfFile = (sort: TrackingSort): sort is FileSort => sort === 'registered' || sort === '-registered'

const writeFile = async (opened: OpenedInstallation, { filter, options }: Asked): Promise<void> => {
  const { sort = 'registered', to } = options
  if (!isOfFile(sort)) throw new CliError('A file goes by registered or -registered.', { exitCode: 2 })
  const shop = opened.db.ofShop(opened.organizationId).sql
  await writePieces(trackingFile(shop, { narrowing: await narrow(opened, filter), sort }), to)
}

const list = async (opened: OpenedInstallation, { filter, options }: Asked): Promise<void> => {
  const { sort = usualSort(filter), limit, json } = options
  const narrowing = await narrow(opened, filter)
  const found = await listTrackingLines(opened.db.ofShop(opened.organizationId).sql, { ...narrowing, sort, limit })
  const show = instantShower(opened.config.tracking.timezone)
  const lines = found.map((one) => [
    ...[one.trackingNumber, one.courier ?? '-', one.orderNumber ?? '-', one.status, one.attentionReason ?? '-'],
    ...[show(one.changedAt), one.nextCheckAt ? show(one.nextCheckAt) : '-'],
  ])
  const headings = ['NUMBER', 'COURIER', 'ORDER', 'STATUS', 'NEEDS', 'CHANGED', 'NEXT CHECK']
  const data = found.map(({ sortedAt: _, ...one }) => one)
  print(lines.length > 0 ? renderTable(headings, lines) : 'No parcel fits.', json && data)
  if (found.length === limit) note(`These are the first ${limit}; --limit shows more, --csv all.`)
}
