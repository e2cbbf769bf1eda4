import { Command, CommanderError } from 'commander'
import ours from '../package.json' with { type: 'json' }
import { migrateCommand } from './commands/migrate.ts'
import { startCommand } from './commands/start.ts'

export type CommandContext = { readonly env: Readonly<Record<string, string | undefined>>; readonly now: () => Date }

/** One file a command; each adds itself to the program. */
const commands: ((context: CommandContext) => Command)[] = [startCommand, migrateCommand]

/** The whole command line. `run` rejects with a `CliError`, or with an error for which `isUsageError` holds (already printed). */
export const program = (context: CommandContext) => {
  const jejak = new Command('jejak')
    .description('Tracking cache for shops that ship with EasyParcel')
    .version(ours.version)
    .showHelpAfterError('(jejak --help lists the commands)')
    .exitOverride()
  for (const command of commands) jejak.addCommand(command(context).exitOverride().showHelpAfterError())
  return {
    run: async (argv: readonly string[]): Promise<void> => {
      try {
        await jejak.parseAsync(argv)
      } catch (error) {
        // Asking for help ends by an exception too.
        if (!(error instanceof CommanderError && error.exitCode === 0)) throw error
      }
    },
    isUsageError: (error: unknown) => error instanceof CommanderError,
  }
}
