import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

const randomHex = () => randomBytes(32).toString('hex')

/** The secret kept in a file that only its owner can read; made on the first call. */
export const keptSecret = async (file: string, make: () => string = randomHex): Promise<string> => {
  await mkdir(dirname(file), { recursive: true })
  const kept = await find(file)
  if (kept) return kept
  // A link appears whole or not at all, so that of two starts one makes the secret and both read the same.
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, `${make()}\n`, { mode: 0o600, flag: 'wx' })
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(draft)
  return (await readFile(file, 'utf8')).trim()
}

const find = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').then(
    (text) => text.trim(),
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return undefined
    },
  )
