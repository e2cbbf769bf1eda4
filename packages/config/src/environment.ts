import type { Env } from './config.ts'

/** The environment of this process, for those who start other processes with it; settings are read with `loadConfig`. */
export const environment = (): Env => process.env
