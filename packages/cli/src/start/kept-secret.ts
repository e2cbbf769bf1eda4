import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The secret kept in a file that only its owner can read; made on the first call. */
export const keptSecret = async (
  file: string,
  make: () => string = () => randomBytes(32).toString('hex'),
): Promise<string> => {
  await mkdir(dirname(file), { recursive: true })
  // `wx` lets exactly one of two starts make it; the other one reads.
  await writeFile(file, `${make()}\n`, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  return (await readFile(file, 'utf8')).trim()
}
