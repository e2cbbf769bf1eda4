import { parseTrackingNumber, type TrackingView } from '@jejak/contract'
import { troubleOf } from '@jejak/core/checking'
import { toTrackingView } from '@jejak/core/tracking'
import { findGate, listTrackings } from '@jejak/db'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import { type OpenedInstallation, withInstallation } from '../open-installation.ts'
import { print } from '../print.ts'
import type { CommandContext } from '../program.ts'
import { renderTracking } from '../render-tracking.ts'

export const trackCommand = (context: CommandContext): Command =>
  new Command('track')
    .description('shows what is known of a parcel, the courier’s own words included, and when it is checked next')
    .argument('<tracking-number>', 'as printed on the courier label')
    .option('--json', 'print the parcel as JSON, as GET /v1/trackings does', false)
    .action((input: string, { json }: { json: boolean }) => {
      const parsed = parseTrackingNumber(input)
      if (!parsed.ok) throw new CliError(parsed.problem, { exitCode: 2 })
      return withInstallation(context, async (opened) => {
        const view = await findView(opened, parsed.trackingNumber, context.now())
        if (!view) throw new CliError(`No parcel is registered under ${parsed.trackingNumber}.`)
        print(json, view, renderTracking(view, opened.config.tracking.timezone))
      })
    })

/** The registered parcel; if it was archived and registered anew, the living one. */
const findView = async (
  { config, db, organizationId, connectionId }: OpenedInstallation,
  trackingNumber: string,
  now: Date,
): Promise<TrackingView | undefined> => {
  const everything = { orderNumber: null, statuses: null, requiresAttention: null, changedAfter: null, after: null }
  const [rows, gate] = await Promise.all([
    listTrackings(db.sql, {
      ...everything,
      organizationId,
      trackingNumbers: [trackingNumber],
      order: 'desc',
      limit: 100,
    }),
    findGate(db.sql, connectionId),
  ])
  const row = rows.find(({ archivedAt }) => archivedAt === null) ?? rows[0]
  const trouble = gate ? troubleOf(gate, now, config.tracking) : null
  return row && toTrackingView(row, { trouble, now, cacheTtlMs: config.tracking.cacheTtlMs })
}
