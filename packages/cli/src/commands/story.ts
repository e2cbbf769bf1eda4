import { type ParcelStory, parseTrackingNumber } from '@jejak/contract'
import { tellStory } from '@jejak/core/stories'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { print } from '../print.ts'
import { renderTable } from '../render-table.ts'
import { renderTracking } from '../render-tracking.ts'
import { shopOption } from '../shop-option.ts'
import { instantShower } from '../show-instant.ts'
import { findView } from './track.ts'

// Whoever runs commands may see all that the installation has.
const everything = { has: () => true }
const limit = 200

export const storyCommand = (context: CommandContext): Command =>
  new Command('story')
    .description('shows all that happened to a parcel, its calls, notes and refresh runs')
    .argument('<tracking-number>', 'as printed on the courier label')
    .addOption(shopOption())
    .option('--json', 'print it as JSON, as GET /v1/admin/trackings/:id/story does', false)
    .action((input: string, { shop, json }: { shop?: string; json: boolean }) => {
      const parsed = parseTrackingNumber(input)
      if (!parsed.ok) throw new CliError(parsed.problem, { exitCode: 2 })
      return withInstallation({ ...context, shop }, async (opened) => {
        const { db, organizationId, settings } = opened
        const now = context.now()
        const parcel = await findView({ ...opened, now }, parsed.trackingNumber)
        if (!parcel) throw new CliError(`No parcel is registered under ${parsed.trackingNumber}.`)
        const asked = { organizationId, trackingId: parcel.id, may: everything, now, limit }
        const story = { parcel, ...(await tellStory({ db }, asked)) }
        print(render(story, settings.timezone), json && story)
      })
    })

const render = (story: ParcelStory, timezone: string): string => {
  const show = instantShower(timezone)
  const happened = story.history.data.map(({ at, what, by, detail, newStatus, isRefused }) => [
    ...[show(at), isRefused ? `${what} (refused)` : what, by, [newStatus, detail].filter(Boolean).join(', ')],
  ])
  const calls = story.calls ?? []
  const asked = calls.map(({ at, kind, outcome, ms, error }) => [
    ...[show(at), kind, outcome ?? 'under way', ms === null ? '-' : `${ms} ms`, error ?? ''],
  ])
  return [
    renderTracking(story.parcel, timezone),
    '',
    `Checked ${story.checks ?? 0} times; ${story.links?.made ?? 0} links for buyers; part of ${story.refreshes?.length ?? 0} refresh runs.`,
    ...story.notes.map(({ at, by, text }) => `Note of ${show(at)} by ${by}: ${text}`),
    ...(asked.length > 0 ? ['', renderTable(['ASKED AT', 'AS', 'OUTCOME', 'TOOK', 'ERROR'], asked)] : []),
    '',
    renderTable(['AT', 'WHAT', 'BY', 'DETAIL'], happened),
  ].join('\n')
}
