import { setTimeout as pause } from 'node:timers/promises'
import type { ShopEvent } from '@jejak/contract'
import { type Change, changesMax, readChanges } from '@jejak/core/changes'
import { findFeedEnd } from '@jejak/db'
import { Command, InvalidArgumentError } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { type OpenedInstallation, withInstallation } from '../open-installation.ts'
import { note, printLine } from '../print.ts'
import { readAmount } from '../read-amount.ts'
import { shopOption } from '../shop-option.ts'
import { instantShower } from '../show-instant.ts'

const lookEveryMs = 1_000
const eventsMax = 1_000_000
const start = 'start'

const readPlace = (text: string): string => {
  if (text === start) return '0-0-0'
  if (!/^[0-9a-f]{1,8}-\d{1,18}-\d{1,18}$/.test(text))
    throw new InvalidArgumentError(`Write a place as an event shows it, or ${start}.`)
  return text
}

type Options = { since?: string; limit?: number; shop?: string; json: boolean }

/** What happens in a shop, while it happens: the kind and the parcel's id, as `GET /v1/admin/events` tells it. */
export const eventsCommand = (context: CommandContext): Command =>
  new Command('events')
    .description('follows what happens in a shop: kind of change and id of the parcel, until Ctrl-C')
    .option(
      '--since <place>',
      `begin after this place, the last word of an event; ${start}: with the oldest that is kept. Without it, with what comes`,
      readPlace,
    )
    .option('--limit <amount>', 'end after so many', readAmount(eventsMax))
    .addOption(shopOption())
    .option('--json', 'print each event as one line of JSON', false)
    .action(({ shop, ...asked }: Options) => withInstallation({ ...context, shop }, (opened) => follow(opened, asked)))

const follow = async (
  { db, organizationId, settings, signal }: OpenedInstallation,
  { since, limit = Number.POSITIVE_INFINITY, json }: Omit<Options, 'shop'>,
): Promise<void> => {
  const shop = db.ofShop(organizationId)
  const show = instantShower(settings.timezone)
  let after = since ?? (await findFeedEnd(shop.sql))
  note(`Events after ${after}. Ctrl-C ends.`)
  for (let told = 0; told < limit; ) {
    const page = await readChanges(shop, { organizationId, after, limit: Math.min(changesMax, limit - told) })
    if (!page) throw new CliError(`There is no place ${after} in the log of changes.`)
    for (const change of page.changes) printLine(json ? JSON.stringify(toEvent(change)) : render(change, show))
    told += page.changes.length
    after = page.next
    if (page.changes.length === 0) await pause(lookEveryMs, undefined, { signal })
  }
}

const toEvent = ({ at, kind, trackingId, cursor }: Change): ShopEvent & { at: string; place: string } => ({
  ...{ at: at.toISOString(), type: kind, id: trackingId, place: cursor },
})

const render = ({ at, kind, trackingId, cursor }: Change, show: (at: Date) => string): string =>
  `${show(at)}  ${kind}  ${trackingId}  ${cursor}`
