import { Command, CommanderError } from 'commander'
import ours from '../package.json' with { type: 'json' }
import type { CommandContext } from './command-context.ts'
import { analyticsCommand } from './commands/analytics.ts'
import { attentionCommands } from './commands/attention.ts'
import { auditCommands } from './commands/audit.ts'
import { callsCommand } from './commands/calls.ts'
import { checkCommand } from './commands/check.ts'
import { connectionCommands } from './commands/connections.ts'
import { consistencyVerifyCommand } from './commands/consistency.ts'
import { demoClearCommand } from './commands/demo-clear.ts'
import { doctorCommand } from './commands/doctor.ts'
import { easyparcelConnectCommand } from './commands/easyparcel-connect.ts'
import { easyparcelStatusCommand } from './commands/easyparcel-status.ts'
import { eventsCommand } from './commands/events.ts'
import { importCommand } from './commands/import.ts'
import { jobCommands } from './commands/jobs.ts'
import { keyCreateCommand, keyListCommand, keyRevokeCommand } from './commands/keys.ts'
import { migrateCommand } from './commands/migrate.ts'
import { migrateFromCommand } from './commands/migrate-from.ts'
import { noteCommands } from './commands/notes.ts'
import { orgCommands } from './commands/orgs.ts'
import { privacyCommands } from './commands/privacy.ts'
import { reReadCommand } from './commands/re-read.ts'
import { refreshCommands } from './commands/refresh.ts'
import { searchCommand } from './commands/search.ts'
import { secretCommands } from './commands/secret.ts'
import { settingsCommand } from './commands/settings.ts'
import { shopCommand } from './commands/shop.ts'
import { statsCommand } from './commands/stats.ts'
import { storyCommand } from './commands/story.ts'
import { syncCommand } from './commands/sync.ts'
import { systemCommand } from './commands/system.ts'
import { textCommands } from './commands/texts.ts'
import { tickCommand } from './commands/tick.ts'
import { trackCommand } from './commands/track.ts'
import { trackingsCommand } from './commands/trackings.ts'
import { undoCommand } from './commands/undo.ts'
import { usageCommand } from './commands/usage.ts'
import { userCommands } from './commands/users.ts'
import { viewCommands } from './commands/views.ts'
import { startCommand } from './start/start-everything.ts'

/** Each adds itself to the program. */
const commands: ((context: CommandContext) => Command)[] = [
  startCommand,
  migrateCommand,
  shopCommand,
  settingsCommand,
  easyparcelConnectCommand,
  easyparcelStatusCommand,
  ...connectionCommands,
  keyCreateCommand,
  keyListCommand,
  keyRevokeCommand,
  ...orgCommands,
  ...userCommands,
  ...secretCommands,
  ...privacyCommands,
  importCommand,
  migrateFromCommand,
  trackCommand,
  trackingsCommand,
  ...viewCommands,
  ...attentionCommands,
  ...noteCommands,
  undoCommand,
  ...refreshCommands,
  syncCommand,
  storyCommand,
  searchCommand,
  eventsCommand,
  callsCommand,
  usageCommand,
  analyticsCommand,
  tickCommand,
  reReadCommand,
  ...textCommands,
  ...jobCommands,
  checkCommand,
  statsCommand,
  systemCommand,
  consistencyVerifyCommand,
  doctorCommand,
  ...auditCommands,
  demoClearCommand,
]

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
