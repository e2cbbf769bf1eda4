import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Writable } from 'node:stream'

const filesKept = 5
const bytesMax = 10 * 1024 * 1024

/**
 * Opens a new PATH.log for appending; earlier ones are PATH.1.log … PATH.4.log. A full file gives way to a new one at once, so that a
 * process that runs for years keeps no more than five. A disk that takes nothing more costs lines of the log, not the process.
 */
export const openLogFile = async (path: string, fileBytesMax = bytesMax): Promise<Writable> => {
  await mkdir(dirname(path), { recursive: true })
  const pathOf = (age: number) => (age === 0 ? `${path}.log` : `${path}.${age}.log`)
  let file = await openAfresh(pathOf)
  let bytes = 0
  const append = async (chunk: Buffer): Promise<void> => {
    if (bytes > 0 && bytes + chunk.length > fileBytesMax) {
      await file.close()
      file = await openAfresh(pathOf)
      bytes = 0
    }
    await file.appendFile(chunk)
    bytes += chunk.length
  }
  return new Writable({
    write: (chunk: Buffer, _encoding, done) =>
      void append(chunk).then(
        () => done(),
        () => done(),
      ),
    final: (done) =>
      void file.close().then(
        () => done(),
        () => done(),
      ),
  })
}

const openAfresh = async (pathOf: (age: number) => string): Promise<FileHandle> => {
  await rm(pathOf(filesKept - 1), { force: true })
  for (let age = filesKept - 2; age >= 0; age--) await rename(pathOf(age), pathOf(age + 1)).catch(ignoreMissing)
  return open(pathOf(0), 'a', 0o600)
}

const ignoreMissing = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ENOENT') throw error
}
