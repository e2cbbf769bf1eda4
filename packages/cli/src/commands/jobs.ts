import { consoleActor as actor } from '@jejak/core/audit'
import { cancelJob, type QueueName, queueNames, retryFailedJobs, retryJob, shownState } from '@jejak/core/queue'
import { readClock as clock, countJobs, type JobRow, jobStates, listJobs } from '@jejak/db'
import { Command, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { withInstallation, withQueue } from '../open-installation.ts'
import { print } from '../print.ts'
import { readJobId } from '../read-id.ts'
import { renderTable } from '../render-table.ts'
import { instantShower } from '../show-instant.ts'

const words = ['waiting', 'active', 'completed', 'failed', 'cancelled'] as const
type ListOptions = { queue?: QueueName; state?: (typeof words)[number]; limit: string; json: boolean }

const queueOption = () => new Option('--queue <name>', 'only of this queue').choices(queueNames)

const listCommand = (context: CommandContext): Command =>
  new Command('jobs:list')
    .description('shows the jobs of the queue, the newest first, and how many there are')
    .addOption(queueOption())
    .addOption(new Option('--state <state>', 'only in this state').choices(words))
    .option('--limit <amount>', 'how many', '20')
    .option('--json', 'print them as JSON', false)
    .action(({ queue, state, limit, json }: ListOptions) =>
      withInstallation(context, async ({ config, db }) => {
        const queues = queue ? [queue] : queueNames
        const states = jobStates.filter((of) => state === undefined || shownState(of) === state)
        const most = Math.min(1000, Math.max(1, Number.parseInt(limit, 10) || 20))
        const [counts, jobs] = await Promise.all([
          countJobs(db.sql, queues),
          listJobs(db.sql, { queues, states, limit: most }),
        ])
        const text = [
          renderTable(
            ['Queue', 'State', 'Jobs'],
            counts.map(({ queue, state, amount }) => [queue, shownState(state), String(amount)]),
          ),
          renderJobs(jobs, config.tracking.timezone),
        ]
        print(counts.length === 0 ? 'The queue is empty.' : text.join('\n\n'), json && { counts, jobs })
      }),
    )

const renderJobs = (jobs: readonly JobRow[], timezone: string): string => {
  const show = instantShower(timezone)
  return renderTable(
    ['Id', 'Queue', 'State', 'Since', 'Failed by'],
    jobs.map(({ id, queue, state, createdAt, message }) => [
      id,
      queue,
      shownState(state),
      show(createdAt),
      message ?? '',
    ]),
  )
}

type RetryOptions = { queue?: QueueName; all: boolean; json: boolean }

const retryCommand = (context: CommandContext): Command =>
  new Command('jobs:retry')
    .description('has a failed or cancelled job done again, or all failed ones')
    .argument('[id]', 'as jobs:list shows it', readJobId)
    .addOption(queueOption())
    .option('--all', 'all failed ones, or those of --queue', false)
    .option('--json', 'print the result as JSON', false)
    .action((id: string | undefined, { queue, all, json }: RetryOptions) => {
      if ((id === undefined) !== (all || queue !== undefined))
        throw new CliError('Name a job by its id, or say --all or --queue NAME.', { exitCode: 2 })
      return withInstallation(context, (opened) =>
        withQueue(opened, async (boss) => {
          const deps = { db: opened.db, boss, clock }
          const sent = id
            ? Number((await retryJob(deps, { actor, id })) !== null)
            : await retryFailedJobs(deps, { actor, queue: queue ?? null })
          const nothing = 'Nothing was sent: nothing has failed, or the same is waiting already.'
          print(
            sent === 0 ? nothing : `${sent} ${sent === 1 ? 'job' : 'jobs'} sent; the workers do the rest.`,
            json && { sent },
          )
        }),
      )
    })

const cancelCommand = (context: CommandContext): Command =>
  new Command('jobs:cancel')
    .description('takes back a job that waits; one that runs ends at its next step')
    .argument('<id>', 'as jobs:list shows it', readJobId)
    .option('--json', 'print the result as JSON', false)
    .action((id: string, { json }: { json: boolean }) =>
      withInstallation(context, (opened) =>
        withQueue(opened, async (boss) => {
          await cancelJob({ db: opened.db, boss, clock }, { actor, id })
          print('Cancelled.', json && { id })
        }),
      ),
    )

export const jobCommands = [listCommand, retryCommand, cancelCommand]
