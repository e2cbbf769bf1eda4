import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { eraseEmbedded, startEmbedded } from '../embedded/index.ts'
import { ensureTemplate } from './template.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { readonly adminUrl: string; readonly template: string }
  }
}

const PREFIX = 'jejak-test-'
const FORGETFUL = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '400' }

const erase = async (dir: string): Promise<void> => {
  if (await eraseEmbedded(dir)) await rm(dir, { recursive: true, force: true })
}

// A run that is being set up has no server yet that would say whose the folder is.
const SET_UP_MS = 120_000

const isOld = async (dir: string): Promise<boolean> => Date.now() - (await stat(dir)).birthtimeMs > SET_UP_MS

/** Servers of test runs that were killed; one that belongs to a run in progress is left alone. */
const sweep = async (): Promise<void> => {
  const names = await readdir(tmpdir())
  const left = names.filter((name) => name.startsWith(PREFIX)).map((name) => join(tmpdir(), name))
  await Promise.all(left.map(async (dir) => (await isOld(dir)) && erase(dir)).map((swept) => swept.catch(() => {})))
}

const startServer = async () => {
  await sweep()
  const dir = await mkdtemp(join(tmpdir(), PREFIX))
  // As root the server runs as another user, who may enter this folder.
  await chmod(dir, 0o755)
  const { adminUrl } = await startEmbedded({ dataDir: dir, port: 0, log: () => {}, settings: FORGETFUL })
  return { adminUrl, stop: () => erase(dir) }
}

const useServer = (adminUrl: string) => ({ adminUrl, stop: async () => {} })

/** Gives the tests a PostgreSQL with a migrated template: the one at TEST_DATABASE_URL, or an embedded one. */
export default async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  const given = process.env.TEST_DATABASE_URL
  const { adminUrl, stop } = given ? useServer(given) : await startServer()
  provide('postgres', { adminUrl, template: await ensureTemplate(adminUrl) })
  return stop
}
