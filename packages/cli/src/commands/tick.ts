import { consoleActor } from '@jejak/core/audit'
import { runTickFor, type TickName, tickNames } from '@jejak/core/checking'
import { readClock } from '@jejak/db'
import { Argument, Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { withInstallation, withQueue } from '../open-installation.ts'
import { print } from '../print.ts'

const sentence = (jobs: number): string =>
  jobs === 0
    ? 'Nothing to do: nothing is due, or the same job is already waiting.'
    : `${jobs} ${jobs === 1 ? 'job' : 'jobs'} sent; the workers do the rest.`

export const tickCommand = (context: CommandContext): Command =>
  new Command('tick')
    .description('runs a tick once, for installations with CRON_ENABLED=false; a worker must be running')
    .addArgument(new Argument('<name>', 'which tick').choices(tickNames))
    .option('--json', 'print the result as JSON', false)
    .action((name: TickName, { json }: { json: boolean }) =>
      withInstallation(context, (opened) =>
        withQueue(opened, async (boss) => {
          const jobs = await runTickFor(
            { db: opened.db, boss },
            { actor: consoleActor, name, now: await readClock(opened.db.sql) },
          )
          print(sentence(jobs), json && { tick: name, jobs })
        }),
      ),
    )
