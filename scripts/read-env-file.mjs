import { readFileSync } from 'node:fs'
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
