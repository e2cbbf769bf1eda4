import type { OverviewView } from '@jejak/contract'
import { findOverviewView } from '@jejak/core/overview'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { print } from '../print.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'
import { instantShower } from '../show-instant.ts'

type Options = { shop?: string; json: boolean }
type View = OverviewView

/** How a shop stands. */
export const statsCommand = (context: CommandContext): Command =>
  new Command('stats')
    .description('shows how a shop stands: parcels, freshness, calls of today, EasyParcel’s answers')
    .addOption(shopOption())
    .option('--json', 'print it as JSON', false)
    .action(({ shop, json }: Options) =>
      withInstallation({ ...context, shop }, async ({ db, isDemo, organizationId, settings, settingsOf }) => {
        const { sql } = db.ofShop(organizationId)
        const view = await findOverviewView({ settingsOf, isDemo, now: context.now }, { sql, shop: organizationId })
        print(render(view, instantShower(settings.timezone)), json && view)
      }),
    )

const amounts = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, amount]) => `${amount} ${name}`)
    .join(', ') || 'none'

const answers = ({ calls, failed, p50Ms, p95Ms }: View['easyparcel']['hour']): string =>
  calls === 0 ? 'no call' : `${calls} calls, ${failed} failed, half within ${p50Ms} ms, 95 of 100 within ${p95Ms} ms`

const render = (view: View, show: (at: string) => string): string => {
  const { trackings, freshness, reads, easyparcel, connections } = view
  const lines = [
    ['Parcels', amounts(trackings.byStatus)],
    ['Need a person', amounts(view.attention)],
    [
      'Freshness',
      freshness
        ? `${amounts({ fresh: freshness.fresh, stale: freshness.stale, expired: freshness.expired })}, at ${show(freshness.at)}`
        : 'not counted yet',
    ],
    ['Due now', `${trackings.dueNow}${view.oldestDueAt ? `, the first since ${show(view.oldestDueAt)}` : ''}`],
    ['Today', `${view.calls} calls, ${view.checks} checks, ${reads.total} reads, ${view.callsSaved} calls saved`],
    ...connections.map(({ id, budget }) => [
      `Account ${id}`,
      `${budget.used} of ${budget.limit} calls used, ${
        budget.lastsUntil
          ? `lasts until about ${show(budget.lastsUntil)}, ${budget.extraToLast} more would do`
          : 'lasts the day'
      }`,
    ]),
    ['Last hour', answers(easyparcel.hour)],
    ['Last 24 hours', answers(easyparcel.day)],
  ]
  return renderTable(['WHAT', 'HOW MUCH'], lines)
}
