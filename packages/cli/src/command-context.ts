import type { Env } from '@jejak/config'

/** What every command is given: the environment and the clock of this process. */
export type CommandContext = { readonly env: Env; readonly now: () => Date }
