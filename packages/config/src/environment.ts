import type { Env } from './config.ts'

// Who gets SQL on a server, or a fault in a program of others, gets its environment, too: no secret of ours may stand in it.
const harmless = /^(PATH|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH)$/i

/** Of an environment what any program needs to run, and nothing else. */
export const minimalEnvironment = (env: Env = process.env): Env =>
  Object.fromEntries(Object.entries(env).filter(([name]) => harmless.test(name)))

/** The environment of this process, for those who start other processes with it; settings are read with `loadConfig`. */
export const environment = (): Env => process.env
