import type { SystemView } from '@jejak/contract'
import { findSystemView } from '@jejak/core/counting'
import { readClock } from '@jejak/db'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { print } from '../print.ts'
import { renderTable } from '../render-table.ts'
import { instantShower } from '../show-instant.ts'

type View = SystemView

/** How the machine is. */
export const systemCommand = (context: CommandContext): Command =>
  new Command('system')
    .description('shows how the installation runs: requests, processes, database, migrations')
    .option('--json', 'print it as JSON', false)
    .action(({ json }: { json: boolean }) =>
      withInstallation(context, async ({ config, ownerDb }) => {
        const view = await findSystemView(ownerDb, await readClock(ownerDb.sql))
        print(render(view, instantShower(config.tracking.timezone)), json && view)
      }),
    )

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MiB`
const percent = (share: number | null): string => (share === null ? '-' : `${Math.round(share * 100)} %`)
const milliseconds = (ms: number | null): string => (ms === null ? '-' : `${ms} ms`)

const renderRules = ({ checkedAt, isComplete, data }: View['rules'], show: (at: string) => string): string => {
  if (checkedAt === null) return 'Rules: not looked at yet; the tick maintenance does that every night.'
  const broken = data.filter(({ holds }) => !holds)
  return [
    `Rules: ${data.length - broken.length} of ${data.length} hold, as of ${show(checkedAt)}${isComplete ? '' : '; there was no time for all parcels'}.`,
    ...broken.map(
      ({ rule, failing, examples }) => `  BROKEN: ${rule}: ${failing}, such as ${JSON.stringify(examples[0])}`,
    ),
  ].join('\n')
}

const render = (
  { requests, routes, processes, database, migrations, worker, rules }: View,
  show: (at: string) => string,
): string =>
  [
    `Requests: ${requests.perMinute ?? 0} a minute, ${requests.lastHour} in the last hour, ${requests.failedLastHour} of them failed; ${percent(requests.notModifiedShare)} had not changed, ${percent(requests.batchedShare)} of the look-ups shared a statement.`,
    `Worker: ${worker.seenAt ? `heard of at ${show(worker.seenAt)}` : 'not heard of in the last hour'}.`,
    `Database: PostgreSQL ${database.version}, ${megabytes(database.bytes)}, ${database.connections} of ${database.connectionsMax} connections; ${migrations.applied} migrations applied, ${migrations.pending.length} pending.`,
    renderRules(rules, show),
    renderTable(
      ['PROCESS', 'VERSION', 'SINCE', 'MEMORY', 'LOOP DELAY', 'CONNECTIONS'],
      processes.map((one) => [
        ...[one.process, one.version, show(one.startedAt), megabytes(one.memoryBytes)],
        ...[`${one.loopDelayMs} ms`, String(one.connections)],
      ]),
    ),
    renderTable(
      ['ROUTE (24 HOURS)', 'REQUESTS', 'REFUSED', 'FAILED', 'P50', 'P95'],
      routes.map((one) => [
        ...[one.route, String(one.requests), String(one.refused), String(one.failed)],
        ...[milliseconds(one.p50Ms), milliseconds(one.p95Ms)],
      ]),
    ),
  ].join('\n\n')
