/** A failure that one sentence explains; `main.ts` prints it and exits with the code (1 failure, 2 wrong use). */
export class CliError extends Error {
  readonly exitCode: number
  /** Printed above the sentence: the last words of a process that died. */
  readonly details: readonly string[]

  constructor(sentence: string, options: { exitCode?: number; details?: readonly string[]; cause?: unknown } = {}) {
    super(sentence, { cause: options.cause })
    this.name = 'CliError'
    this.exitCode = options.exitCode ?? 1
    this.details = options.details ?? []
  }
}
