import { Command } from 'commander'
import type { CommandContext } from '../program.ts'
import { startEverything } from '../start/start-everything.ts'

export const startCommand = (context: CommandContext): Command =>
  new Command('start')
    .description(
      'runs database, API and worker on this machine until Ctrl-C; a demo when there are no EasyParcel credentials',
    )
    .option('--watch', 'restart API and worker when a source file changes', false)
    .action((options: { watch: boolean }) => startEverything(context, options))
