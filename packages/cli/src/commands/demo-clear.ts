import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { consoleActor as actor, recordAct } from '@jejak/core/audit'
import { clearQueues } from '@jejak/core/queue'
import { clearDemo, countParcels, findInstallation, listRunningProcesses, readClock, waysTo } from '@jejak/db'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { type OpenedDatabase, withDatabase } from '../open-installation.ts'
import { print } from '../print.ts'

/** What a demo keeps in DATA_DIR beside its database: the lives of its parcels, and its own secrets. */
const demoFiles = ['simulator.json', 'api-key', 'secret-key']

export const demoClearCommand = (context: CommandContext): Command =>
  new Command('demo:clear')
    .description('removes everything a demo has stored, so that the next start may be a real installation')
    .option('--yes', 'do not ask', false)
    .option('--json', 'print the result as JSON', false)
    .action(({ yes, json }: { yes: boolean; json: boolean }) =>
      withDatabase(context, async (opened) => {
        await refuseUnlessIdleDemo(opened)
        const parcels = await countParcels(opened.db.sql)
        if (!yes) await confirm(`This removes the demo with all its parcels (${parcels}) and keys.`, opened.signal)
        await clear(opened)
        print(
          `The demo was removed with all its parcels (${parcels}). The next start is a first one.`,
          json && { parcelsRemoved: parcels },
        )
      }),
    )

const refuseUnlessIdleDemo = async ({ ownerDb: db }: OpenedDatabase): Promise<void> => {
  if (!(await findInstallation(db.sql))?.isDemo)
    throw new CliError('This database holds a real installation, not a demo: nothing was removed.')
  const running = await listRunningProcesses(db.sql)
  if (running.length > 0)
    throw new CliError(`Stop Jejak first: ${running.join(' and ')} still use this database. Nothing was removed.`)
}

/** The queue first: if this is cut off in between, the database still says that it is a demo, and the command can run again. */
const clear = async ({ base, url, ownerDb }: OpenedDatabase): Promise<void> => {
  await clearQueues(waysTo(base.database, url).direct('owner').url)
  for (const file of demoFiles) await rm(join(base.data.dir, file), { force: true })
  await ownerDb.transaction(async (tx) => {
    await clearDemo(tx)
    await recordAct(tx, { act: 'demo.cleared', actor, organizationId: null, now: await readClock(tx) })
  })
}

const confirm = async (what: string, signal: AbortSignal): Promise<void> => {
  if (!process.stdin.isTTY) throw new CliError(`${what} Add --yes to do it without being asked.`, { exitCode: 2 })
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await terminal.question(`${what} Type yes to go on: `, { signal })
    if (answer.trim().toLowerCase() !== 'yes') throw new CliError('Nothing was removed.')
  } finally {
    terminal.close()
  }
}
