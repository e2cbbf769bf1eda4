import { setTimeout as sleep } from 'node:timers/promises'
import {
  parseTrackingNumber,
  type RefreshPlan,
  type RefreshRequest,
  type RefreshRun,
  refreshRequest,
} from '@jejak/contract'
import { consoleActor as actor } from '@jejak/core/audit'
import { getRefresh, listRefreshes, planRefresh, startRefresh, steerRefresh, tellLeftOut } from '@jejak/core/refreshing'
import { listUnknownNumbers, readClock } from '@jejak/db'
import { Command, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { addFilterOptions, filterOf, peopleOf } from '../filter-options.ts'
import { nameSome } from '../name-some.ts'
import { type OpenedInstallation, withInstallation, withQueue } from '../open-installation.ts'
import { note, print } from '../print.ts'
import { renderRefreshLine, watchRefresh } from '../progress/refresh-progress.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'

const lookEveryMs = 1000
const runsShown = 50

type Asked = { [name: string]: unknown } & {
  shop?: string
  json: boolean
  dryRun: boolean
  watch: boolean
  all: boolean
  withEnded: boolean
}

const refreshCommand = (context: CommandContext): Command =>
  addFilterOptions(
    new Command('refresh').description(
      'has many parcels checked now; exit code 1 if a parcel could not be checked while it was watched',
    ),
  )
    .argument('[numbers...]', 'tracking numbers; without any, a filter or --all says which')
    .addOption(shopOption())
    .option('--all', 'all parcels that are on their way', false)
    .option('--with-ended', 'parcels that have ended, too', false)
    .option('--dry-run', 'only tell what would be done', false)
    .addOption(new Option('--watch', 'show the progress until the run has ended').default(false))
    .option('--json', 'print the answer as JSON', false)
    .action((numbers: string[], asked: Asked) => {
      const request = requestOf(numbers, asked)
      return withInstallation({ ...context, shop: asked.shop }, (opened) =>
        asked.dryRun ? plan(opened, request, asked.json) : start(opened, request, asked),
      )
    })

const requestOf = (numbers: readonly string[], asked: Asked): RefreshRequest => {
  const filter = {
    ...filterOf(asked),
    ...(numbers.length > 0 && { trackingNumber: numbers.map(readNumber) }),
  }
  if (Object.keys(filter).length === 0 && !asked.all)
    throw new CliError('Say which parcels: numbers, a filter such as --status in_transit, or --all.', { exitCode: 2 })
  const read = refreshRequest.safeParse({ filter, withEnded: asked.withEnded })
  if (!read.success) throw new CliError(read.error.issues.map(({ message }) => message).join(' '), { exitCode: 2 })
  return read.data
}

const readNumber = (input: string): string => {
  const parsed = parseTrackingNumber(input)
  if (!parsed.ok) throw new CliError(`${input}: ${parsed.problem}`, { exitCode: 2 })
  return parsed.trackingNumber
}

const depsOf = ({ db, settingsOf }: OpenedInstallation) => ({ db, clock: readClock, settingsOf })

const plan = async (opened: OpenedInstallation, asked: RefreshRequest, json: boolean): Promise<void> => {
  const { organizationId } = opened
  await noteUnknown(opened, asked)
  const planned = await planRefresh(depsOf(opened), { organizationId, asked, people: peopleOf(opened) })
  print(renderPlan(planned), json && planned)
}

/** Names what may be mistyped; the exit code is 1 where nothing of what was named is here. */
const noteUnknown = async ({ db, organizationId }: OpenedInstallation, { filter }: RefreshRequest): Promise<void> => {
  const numbers = filter?.trackingNumber ?? []
  const unknown = await listUnknownNumbers(db.ofShop(organizationId).sql, numbers)
  if (unknown.length === 0) return
  note(`The shop has no parcel with the number ${nameSome(unknown)}.`)
  if (unknown.length === new Set(numbers).size) process.exitCode = 1
}

const renderPlan = ({ parcels, calls, minutes, leftOut, connections }: RefreshPlan): string => {
  const out = tellLeftOut(leftOut)
  return [
    `Parcels: ${parcels}; calls: ${calls}; minutes: ${minutes ?? 'more than a year'}.`,
    ...(out ? [`Left out: ${out}.`] : []),
    ...connections.map(({ connectionId, calls: own, reserveLeft, planLeft, fitsReserve, fitsToday, wait }) => {
      const fits = fitsReserve
        ? 'the reserve allows it'
        : fitsToday
          ? 'today’s budget allows it'
          : 'it takes longer than today'
      const waits = wait ? `; waits now: ${wait.reason}${wait.until ? ` until ${wait.until}` : ''}` : ''
      return `Account ${connectionId}: ${own} calls, left today ${reserveLeft} of the reserve and ${planLeft} of the plan: ${fits}${waits}.`
    }),
  ].join('\n')
}

const start = (opened: OpenedInstallation, asked: RefreshRequest, { watch, json }: Asked): Promise<void> =>
  withQueue(opened, async (boss) => {
    const { organizationId, signal } = opened
    const deps = { ...depsOf(opened), boss }
    await noteUnknown(opened, asked)
    const runId = await startRefresh(deps, { actor, organizationId, asked, people: peopleOf(opened) })
    const look = () => getRefresh(deps, { organizationId, runId })
    if (watch) note(`Run ${runId}. Ctrl-C ends this view, not the run.`)
    const wait = () => sleep(lookEveryMs, undefined, { signal })
    const run = watch ? await watchRefresh({ out: process.stderr, look, wait }) : await look()
    print(renderRun(run), json && run)
    if (run.progress.failed > 0) process.exitCode = 1
  })

const renderRun = (run: RefreshRun): string => {
  const { changed, unchanged, notFound, failed, skipped, cancelled } = run.progress
  const out = tellLeftOut(run.leftOut)
  return [
    `Run ${run.id}: ${renderRefreshLine(run)}`,
    `Changed: ${changed}, unchanged: ${unchanged}, not found: ${notFound}, failed: ${failed}, skipped: ${skipped}, cancelled: ${cancelled}.`,
    ...(out ? [`Left out: ${out}.`] : []),
    ...(run.estimatedEnd ? [`Done at about ${run.estimatedEnd}.`] : []),
  ].join('\n')
}

const runsCommand = (context: CommandContext): Command =>
  new Command('refresh:runs')
    .description('lists refresh runs, the newest first; or shows one')
    .argument('[run]', 'the number of a run')
    .addOption(shopOption())
    .option('--watch', 'show the progress of this run until it has ended', false)
    .option('--json', 'print them as JSON', false)
    .action((runId: string | undefined, asked: { shop?: string; watch: boolean; json: boolean }) =>
      withInstallation({ ...context, shop: asked.shop }, async (opened) => {
        const { organizationId, signal } = opened
        const deps = depsOf(opened)
        if (runId === undefined) {
          const { data } = await listRefreshes(deps, { organizationId, cursor: null, limit: runsShown })
          print(renderRuns(data), asked.json && data)
          return
        }
        const look = () => getRefresh(deps, { organizationId, runId: readRunId(runId) })
        const wait = () => sleep(lookEveryMs, undefined, { signal })
        const run = asked.watch ? await watchRefresh({ out: process.stderr, look, wait }) : await look()
        print(renderRun(run), asked.json && run)
      }),
    )

const renderRuns = (runs: readonly RefreshRun[]): string =>
  runs.length === 0
    ? 'No refresh run yet.'
    : renderTable(
        ['run', 'state', 'parcels', 'waiting', 'asked', 'changed', 'failed', 'started', 'by'],
        runs.map(({ id, state, parcels, progress: { waiting, asked, changed, failed }, startedAt, askedBy }) => [
          ...[id, state, ...[parcels, waiting, asked, changed, failed].map(String), startedAt, askedBy],
        ]),
      )

const readRunId = (input: string): string => {
  if (!/^\d{1,18}$/.test(input))
    throw new CliError('A run is named by its number; refresh:runs lists them.', { exitCode: 2 })
  return input
}

const turnMeanings = {
  pause: 'pauses a refresh run: its parcels get their usual times back',
  resume: 'lets a paused refresh run go on',
  cancel: 'cancels a refresh run; what is done stays',
} as const

const turnCommand =
  (turn: keyof typeof turnMeanings) =>
  (context: CommandContext): Command =>
    new Command(`refresh:${turn}`)
      .description(turnMeanings[turn])
      .argument('<run>', 'its number, as refresh:runs lists it')
      .addOption(shopOption())
      .option('--json', 'print the run as JSON', false)
      .action((input: string, { shop, json }: { shop?: string; json: boolean }) => {
        const runId = readRunId(input)
        return withInstallation({ ...context, shop }, (opened) =>
          withQueue(opened, async (boss) => {
            const { organizationId } = opened
            const deps = { ...depsOf(opened), boss }
            await steerRefresh(deps, { actor, organizationId, runId, turn })
            const run = await getRefresh(deps, { organizationId, runId })
            print(renderRun(run), json && run)
          }),
        )
      })

export const refreshCommands = [
  refreshCommand,
  runsCommand,
  ...(['pause', 'resume', 'cancel'] as const).map(turnCommand),
]
