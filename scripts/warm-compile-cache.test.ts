import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const cwd = join(import.meta.dirname, '..')
/** A file of TypeScript is kept twice: without its types, and compiled. */
const entriesOfOneFile = 2

let cache = ''
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'jejak-compile-cache-'))
})
afterEach(() => rmSync(cache, { recursive: true }))

const entries = () => readdirSync(cache, { recursive: true }).length

/** A process that finds no database, and so ends when its code is loaded. */
const startInVain = (main: string) => {
  const env = {
    NODE_COMPILE_CACHE: cache,
    DATABASE_URL: 'postgres://127.0.0.1:1/none',
    DATABASE_START_WAIT: '0',
    SECRET_KEY: 'a secret that only tests know, 32 bytes',
    WORKER_HEALTH_PORT: '0',
  }
  expect(spawnSync(process.execPath, [main], { cwd, env, encoding: 'utf8' }).stderr).toContain('ECONNREFUSED')
}

test('the image holds the compiled code of all that API and worker load at their start, their first file aside', () => {
  execFileSync(process.execPath, ['scripts/warm-compile-cache.mjs'], { cwd, env: { NODE_COMPILE_CACHE: cache } })
  for (const main of ['apps/api/src/main.ts', 'apps/worker/src/main.ts']) {
    const shipped = entries()
    startInVain(main)
    expect(entries()).toBeLessThanOrEqual(shipped + entriesOfOneFile)
  }
}, 60_000)
