import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

const filesKept = 5

/** Opens DIR/NAME.log afresh for appending; earlier runs move to NAME.1.log … NAME.4.log. */
export const openLogFile = async (dir: string, name: string): Promise<WriteStream> => {
  await mkdir(dir, { recursive: true })
  const path = (age: number) => join(dir, age === 0 ? `${name}.log` : `${name}.${age}.log`)
  await rm(path(filesKept - 1), { force: true })
  for (let age = filesKept - 2; age >= 0; age--) await rename(path(age), path(age + 1)).catch(ignoreMissing)
  return createWriteStream(path(0), { flags: 'a', mode: 0o600 })
}

const ignoreMissing = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ENOENT') throw error
}
