import { copyFile, stat, truncate } from 'node:fs/promises'

const bytesMax = 10 * 1024 * 1024
const everyMs = 60_000

/** Moves what a full log holds to `PATH.old`. The server appends, so it goes on in the emptied file. */
export const boundLog = async (path: string, fileBytesMax = bytesMax): Promise<void> => {
  if ((await stat(path)).size <= fileBytesMax) return
  await copyFile(path, `${path}.old`)
  await truncate(path)
}

/** Looks after a log for as long as this process runs; one that cannot be written costs nothing but its bound. */
export const keepLogBounded = (path: string): void => {
  setInterval(() => void boundLog(path).catch(() => {}), everyMs).unref()
}
