import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'

const filesKept = 5
const bytesMax = 10 * 1024 * 1024

/**
 * Opens a new DIR/NAME.log for appending; earlier ones are NAME.1.log … NAME.4.log. A full file gives way to a new one at once, so that a
 * process that runs for years keeps no more than five. A disk that takes nothing more costs lines of the log, not the process.
 */
export const openLogFile = async (dir: string, name: string, fileBytesMax = bytesMax): Promise<Writable> => {
  await mkdir(dir, { recursive: true })
  const path = (age: number) => join(dir, age === 0 ? `${name}.log` : `${name}.${age}.log`)
  let file = await openAfresh(path)
  let bytes = 0
  const append = async (chunk: Buffer): Promise<void> => {
    if (bytes > 0 && bytes + chunk.length > fileBytesMax) {
      await file.close()
      file = await openAfresh(path)
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

const openAfresh = async (path: (age: number) => string): Promise<FileHandle> => {
  await rm(path(filesKept - 1), { force: true })
  for (let age = filesKept - 2; age >= 0; age--) await rename(path(age), path(age + 1)).catch(ignoreMissing)
  return open(path(0), 'a', 0o600)
}

const ignoreMissing = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ENOENT') throw error
}
