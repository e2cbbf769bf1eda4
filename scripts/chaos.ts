// `pnpm chaos [short]`: the chaos run (docs/testing.md) on a database of its own. Exit code 1 when a rule is broken.
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fullChaos, shortChaos } from '../apps/worker/src/testing/chaos/chaos-settings.ts'
import { renderResult } from '../apps/worker/src/testing/chaos/render-run.ts'
import { runChaos } from '../apps/worker/src/testing/chaos/run-chaos.ts'
import { eraseEmbedded, startEmbedded } from '../packages/db/src/embedded/index.ts'
import { migrate } from '../packages/db/src/migrate.ts'

const interrupted = new AbortController()
process.once('SIGINT', () => interrupted.abort(new Error('interrupted')))
process.once('SIGTERM', () => interrupted.abort(new Error('interrupted')))

const report = (line: string) => console.log(line)
const quick = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

// A name that the next test run sweeps away, should this one be killed.
const dir = await mkdtemp(join(tmpdir(), 'jejak-test-'))
await chmod(dir, 0o755)
const logDir = join(tmpdir(), 'jejak-chaos-logs')
await rm(logDir, { recursive: true, force: true })
await mkdir(logDir)

try {
  const size = process.argv[2] === 'short' ? shortChaos : fullChaos
  report(
    `${size.parcels} parcels, 3 workers, one killed every ${size.killEveryMs / 1000} s; their logs are in ${logDir}`,
  )
  const { url } = await startEmbedded({ dataDir: dir, port: 0, log: () => undefined, settings: quick })
  await migrate({ url, log: () => undefined })
  const now = () => new Date()
  const run = await runChaos({ size, databaseUrl: url, logDir, report, now, signal: interrupted.signal })
  report(renderResult(run.verdicts, run.last))
  process.exitCode = run.verdicts.every(({ holds }) => holds) ? 0 : 1
} catch (error) {
  console.error(interrupted.signal.aborted ? 'Interrupted.' : error)
  process.exitCode = interrupted.signal.aborted ? 130 : 1
} finally {
  await eraseEmbedded(dir)
  await rm(dir, { recursive: true, force: true })
}
