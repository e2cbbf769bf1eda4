import { ConfigError, environment } from '@jejak/config'
import { InstallationError } from '@jejak/core/installing'
import { MigrationError } from '@jejak/db'
import { EmbeddedPostgresError } from '@jejak/db/embedded'
import { CliError } from './cli-error.ts'
import { program } from './program.ts'

const usageExitCode = 2

const report = (error: unknown): number => {
  if (error instanceof CliError) {
    for (const line of error.details) console.error(`  ${line}`)
    console.error(error.message)
    return error.exitCode
  }
  const hasSentence = [ConfigError, EmbeddedPostgresError, InstallationError, MigrationError].some(
    (kind) => error instanceof kind,
  )
  console.error(hasSentence ? (error as Error).message : error)
  return 1
}

const { isUsageError, run } = program({ env: environment(), now: () => new Date() })

process.exitCode = await run(process.argv).then(
  () => process.exitCode ?? 0,
  (error: unknown) => (isUsageError(error) ? usageExitCode : report(error)),
)
