import { loadConfig } from '@jejak/config'
import { prepareInstallation } from '@jejak/core/installing'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { note } from '../print.ts'
import { isNamed, migrateAndChooseMode, namingHint, openDatabase } from '../start/prepare-database.ts'

/** For several machines or containers, where no `jejak start` does it: bring the database up to date before API and worker start. */
export const migrateCommand = ({ env }: CommandContext): Command =>
  new Command('migrate')
    .description('updates the database of DATABASE_URL and creates the key of BOOTSTRAP_API_KEY')
    .option('--json', 'print the result as JSON', false)
    .action(async ({ json }: { json: boolean }) => {
      const config = loadConfig(env)
      const { url } = config.database
      if (!url) throw new CliError('DATABASE_URL is not set: jejak migrate needs it.')
      const { db, ownerDb } = await openDatabase(config, {
        url: url.reveal(),
        forMs: config.database.startWaitMs,
        say: note,
      })
      try {
        const { applied, isDemo } = await migrateAndChooseMode(db, {
          base: config,
          url: url.reveal(),
          asked: config.demo.enabled,
        })
        await prepareInstallation(db, config)
        const sentence = applied.length > 0 ? `${applied.length} migrations applied.` : 'The database is up to date.'
        console.log(json ? JSON.stringify({ applied, isDemo }) : sentence)
        if (!(await isNamed(db))) note(namingHint('jejak'))
      } finally {
        await Promise.all([db.close(), ownerDb.close()])
      }
    })
