import { ConfigError, environment } from '@jejak/config'
import { Refusal } from '@jejak/core/errors'
import { InstallationError } from '@jejak/core/installing'
import { isDatabaseUnavailable, MigrationError } from '@jejak/db'
import { EmbeddedPostgresError } from '@jejak/db/embedded'
import { CliError } from './cli-error.ts'
import { note } from './print.ts'
import { program } from './program.ts'

const usageExitCode = 2

const missingTableOrColumn = ['42P01', '42703']
const sentenceKinds = [ConfigError, EmbeddedPostgresError, InstallationError, MigrationError, Refusal]

/** One sentence for what an operator can act on; undefined for a fault of ours. */
const sentenceOf = (error: unknown): string | undefined => {
  if (sentenceKinds.some((kind) => error instanceof kind)) return (error as Error).message
  if (missingTableOrColumn.includes(String((error as NodeJS.ErrnoException).code)))
    return 'The tables are older than this Jejak: run `npm start`, or `jejak migrate`.'
  if (isDatabaseUnavailable(error)) return `The database stopped answering: ${(error as Error).message}`
  return undefined
}

const report = (error: unknown): number => {
  if (error instanceof CliError) {
    for (const line of error.details) note(`  ${line}`)
    note(error.message)
    return error.exitCode
  }
  console.error(sentenceOf(error) ?? error)
  return error instanceof Refusal && error.code === 'validation' ? usageExitCode : 1
}

const { isUsageError, run } = program({ env: environment(), now: () => new Date() })

process.exitCode = await run(process.argv).then(
  () => process.exitCode ?? 0,
  (error: unknown) => (isUsageError(error) ? usageExitCode : report(error)),
)

// A connection to a database that fell silent never closes, and would keep us here.
setTimeout(() => process.exit(), 2_000).unref()
