import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase } from '@jejak/db/testing'
import { expect, test } from 'vitest'
import { shortChaos } from './testing/chaos/chaos-settings.ts'
import { renderResult } from './testing/chaos/render-run.ts'
import { runChaos } from './testing/chaos/run-chaos.ts'

// `pnpm chaos` is the same with 2,000 parcels; see docs/testing.md.
test('workers that are killed again and again while EasyParcel fails lose nothing and double nothing', async () => {
  const database = await createTestDatabase()
  const logDir = await mkdtemp(join(tmpdir(), 'jejak-chaos-'))
  const { signal } = new AbortController()
  const report = () => undefined
  const now = () => new Date()
  try {
    const run = await runChaos({ size: shortChaos, databaseUrl: database.url, logDir, report, now, signal })
    const broken = run.verdicts.filter(({ holds }) => !holds)
    expect(broken, renderResult(run.verdicts, run.last)).toEqual([])
  } finally {
    await database.drop()
    await rm(logDir, { recursive: true, force: true })
  }
}, 120_000)
