/** What every command is given: the environment and the clock of this process. */
export type CommandContext = { readonly env: Readonly<Record<string, string | undefined>>; readonly now: () => Date }
