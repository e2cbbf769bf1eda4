const networkCodes = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|EAI_AGAIN|P1001|P1002|P1008|P1017|P2024)/
// Connection trouble (08), too many connections and memory (53), time-outs and cancelled statements, a server that starts or stops (57);
// a session that was ended because its transaction stood still (25P03) or took too long (25P04).
const stateClasses = /^(08|53|57|25P0[34]$)/
const poolMessages =
  /timeout exceeded when trying to connect|Connection terminated|connection timeout|Query read timeout|is not queryable/i

/** No answer came in time, whatever the database is doing. */
export class DatabaseSilentError extends Error {
  constructor(timeoutMs: number) {
    super(`The database did not answer within ${timeoutMs} ms.`)
    this.name = 'DatabaseSilentError'
  }
}

/** Whether a failed statement says that the database is overloaded or away, so that trying again later makes sense. */
export const isDatabaseUnavailable = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  if (error instanceof DatabaseSilentError) return true
  // A pooler says everything by one code; that a parameter is not its own will not change.
  if (/unsupported startup parameter/.test(error.message)) return false
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && (networkCodes.test(code) || (code.length === 5 && stateClasses.test(code))))
    return true
  return poolMessages.test(error.message) || isDatabaseUnavailable(error.cause)
}
