import { parseTrackingNumber, type TrackingView } from '@jejak/contract'
import { troubleOf } from '@jejak/core/checking'
import { toTrackingView } from '@jejak/core/parcels'
import { listTrackings } from '@jejak/db'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { type OpenedInstallation, withInstallation } from '../open-installation.ts'
import { print } from '../print.ts'
import { renderTracking } from '../render-tracking.ts'
import { shopOption } from '../shop-option.ts'

export const trackCommand = (context: CommandContext): Command =>
  new Command('track')
    .description('shows what is known about a parcel, with the courier’s own words, and when it is checked next')
    .argument('<tracking-number>', 'as printed on the courier label')
    .addOption(shopOption())
    .option('--json', 'print the parcel as JSON, as GET /v1/trackings does', false)
    .action((input: string, { shop, json }: { shop?: string; json: boolean }) => {
      const parsed = parseTrackingNumber(input)
      if (!parsed.ok) throw new CliError(parsed.problem, { exitCode: 2 })
      return withInstallation({ ...context, shop }, async (opened) => {
        const view = await findView({ ...opened, now: context.now() }, parsed.trackingNumber)
        if (!view) throw new CliError(`No parcel is registered under ${parsed.trackingNumber}.`)
        print(renderTracking(view, opened.settings.timezone), json && view)
      })
    })

/** The registered parcel, undefined for none; if it was archived and registered again, the living one. */
export const findView = async (
  { db, organizationId, settings, now }: OpenedInstallation & { now: Date },
  trackingNumber: string,
): Promise<TrackingView | undefined> => {
  const asked = { trackingNumbers: [trackingNumber], sort: '-changed', limit: 100 } as const
  const rows = await listTrackings(db.ofShop(organizationId).sql, asked)
  const row = rows.find(({ archivedAt }) => archivedAt === null) ?? rows[0]
  if (!row) return undefined
  const trouble = troubleOf(row, { now, settings })
  return toTrackingView(row, { trouble, now, cacheTtlMs: settings.cacheTtlMs, rules: settings })
}
