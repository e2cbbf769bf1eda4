import { readFileSync, statSync } from 'node:fs'
import { platform } from 'node:process'
import { parseEnv } from 'node:util'

/** The settings of a `.env` file, also of one that Windows (a byte order mark) or an old Mac (CR alone) has saved. No file: none. */
export function readEnvFile(path) {
  try {
    return parseEnv(
      readFileSync(path, 'utf8')
        .replace(/^\uFEFF/, '')
        .replace(/\r\n?/g, '\n'),
    )
  } catch (error) {
    if (error.code === 'ENOENT') return {}
    throw error
  }
}

const namesOfSecrets = /SECRET|TOKEN|_KEY$|^(?:DATABASE_.*|REDIS_|HEARTBEAT_)URL$/

/** A warning, if others on this machine can read the secrets of a `.env` file. Windows keeps no such modes. */
export function exposedSecrets(path, settings) {
  const isSecret = Object.keys(settings).some((name) => settings[name] && namesOfSecrets.test(name))
  if (!isSecret || platform === 'win32' || !(statSync(path).mode & 0o077)) return undefined
  return '.env holds secrets and can be read by others on this machine: chmod 600 .env'
}
