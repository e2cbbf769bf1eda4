import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from './is-alive.ts'

// Which process started the server: one that only joined it does not stop it.
const noteOf = (dataDir: string): string => join(dataDir, 'postgres-server.json')

/** The living process that started the server, if it is another one. */
export const otherOwner = async (dataDir: string): Promise<number | undefined> => {
  const text = await readFile(noteOf(dataDir), 'utf8').catch(() => '{}')
  const { startedBy }: { startedBy?: unknown } = JSON.parse(text)
  return typeof startedBy === 'number' && startedBy !== process.pid && isAlive(startedBy) ? startedBy : undefined
}

export const noteOwner = async (dataDir: string, port: number): Promise<void> => {
  const unfinished = `${noteOf(dataDir)}.${randomUUID()}`
  await writeFile(unfinished, `${JSON.stringify({ port, startedBy: process.pid })}\n`)
  await rename(unfinished, noteOf(dataDir))
}

export const forgetOwner = (dataDir: string): Promise<void> => rm(noteOf(dataDir), { force: true })
