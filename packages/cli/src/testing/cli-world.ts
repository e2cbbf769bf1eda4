import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { type Ran, runJejak } from './run-jejak.ts'

/** A database that was migrated by the command for it, and the commands of whoever operates it. */
export type CliWorld = {
  database: TestDatabase
  jejak: (...args: string[]) => Promise<Ran>
  close: () => Promise<void>
}

export const createCliWorld = async (): Promise<CliWorld> => {
  const database = await createTestDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'jejak-command-'))
  const env = {
    DATABASE_URL: database.url,
    SECRET_KEY: 'a secret that only tests know, 32 bytes',
    DATA_DIR: folder,
  }
  const jejak = (...args: string[]) => runJejak(args, env)
  const migrated = await jejak('migrate')
  if (migrated.code !== 0) throw new Error(migrated.stderr)
  return {
    database,
    jejak,
    close: async () => {
      await database.drop()
      await rm(folder, { recursive: true })
    },
  }
}
