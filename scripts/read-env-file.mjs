import { readFileSync, statSync } from 'node:fs'
import { platform } from 'node:process'
import { parseEnv } from 'node:util'

/** What PowerShell and Notepad call Unicode: byte order marks of UTF-16, or a zero beside a letter. */
const isUtf16 = (bytes) => /^(?:\xff\xfe|\xfe\xff|\0[^\0]|[^\0]\0)/.test(bytes.toString('latin1', 0, 2))

/** The settings of a `.env` file, also of one that Windows (a byte order mark) or an old Mac (CR alone) has saved. No file: none. */
export function readEnvFile(path) {
  try {
    const bytes = readFileSync(path)
    if (isUtf16(bytes))
      throw Object.assign(new Error(), { sentence: '.env is saved as UTF-16 (“Unicode”); save it as UTF-8.' })
    return parseEnv(
      bytes
        .toString('utf8')
        .replace(/^\uFEFF/, '')
        .replace(/\r\n?/g, '\n'),
    )
  } catch (error) {
    if (error.code === 'ENOENT') return {}
    throw error
  }
}

const namesOfSecrets = /SECRET|TOKEN|PASSWORD|_KEY$|^(?:DATABASE_.*|REDIS_|HEARTBEAT_)URL$/

/** A warning, if others on this machine can read the secrets of a `.env` file. Windows keeps no such modes. */
export function exposedSecrets(path, settings) {
  const isSecret = Object.keys(settings).some((name) => settings[name] && namesOfSecrets.test(name))
  if (!isSecret || platform === 'win32' || !(statSync(path).mode & 0o077)) return undefined
  return '.env holds secrets and can be read by others on this machine: chmod 600 .env'
}
