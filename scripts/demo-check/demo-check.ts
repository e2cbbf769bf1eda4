// Show 1 of the first issue, for real: clone, `npm start`, nothing else; then Ctrl-C and a second start. Takes about eight minutes. Linux only.
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eraseEmbedded } from '../../packages/db/src/embedded/index.ts'
import {
  type DemoAddresses,
  readAllAsAnyone,
  readAsAnyone,
  readOverview,
  readStartedAt,
  readTruths,
} from './ask-demo.ts'
import { type Comparison, compareWithTruth } from './compare-with-truth.ts'
import { listProcessesOf, receivedBytes } from './processes.ts'
import { type Demo, freePorts, startDemo, waitFor } from './start-demo.ts'

const movesWithinMs = 180_000
const stopsWithinMs = 30_000
const slowStopMs = 3_000
/** The supervisor, the simulator, API, worker and the database: what the check must see running, to believe it when it sees nothing left. */
const processesMin = 5
const resumesWithinMs = 60_000
const demoMs = 300_000
const endedShareMin = 0.95
const checksPerCallMin = 20
/** A shell and npm tell of a Ctrl-C by ending with it themselves. */
const cleanEndings = ['code 0', 'code 130', 'SIGINT']

type Line = { what: string; wanted: string; measured: string; isGood: boolean }
const lines: Line[] = []
const report = (what: string, wanted: string, measured: string, isGood = true) => {
  lines.push({ what, wanted, measured, isGood })
  console.log(`${isGood ? 'ok  ' : 'MISS'} ${what}: ${measured}${wanted && ` (wanted: ${wanted})`}`)
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
const diskBytes = (folder: string) =>
  existsSync(folder) ? Number(execFileSync('du', ['-sk', folder], { encoding: 'utf8' }).split('\t')[0]) * 1024 : 0

/** A machine with nothing but Node and npm: an empty home, none of our settings, ports that are free. */
const cleanEnvironment = (home: string, marker: string, ports: readonly number[]): NodeJS.ProcessEnv => {
  const [api, simulator, health, postgres] = ports.map(String)
  const { PATH = '', LANG, TERM } = process.env
  const systemPath = PATH.split(':').filter((folder) => !folder.includes('node_modules'))
  return {
    ...{ PATH: systemPath.join(':'), LANG, TERM, HOME: home, DEMO_CHECK_RUN: marker },
    ...{ PORT: api, SIMULATOR_PORT: simulator, WORKER_HEALTH_PORT: health, EMBEDDED_POSTGRES_PORT: postgres },
    npm_config_userconfig: join(homedir(), '.npmrc'),
  }
}

const place = realpathSync(mkdtempSync(join(tmpdir(), 'jejak-demo-check-')))
const [clone, home, logFile] = [join(place, 'jejak'), join(place, 'home'), join(place, 'npm-start.log')]
const marker = randomUUID()
const ports = await freePorts(4)
const env = cleanEnvironment(home, marker, ports)
const addresses: DemoAddresses = { api: `http://127.0.0.1:${ports[0]}`, simulator: `http://127.0.0.1:${ports[1]}` }

const databaseHome = (): string[] => {
  const note = join(clone, '.data/postgres-elsewhere.json')
  return existsSync(note) ? [(JSON.parse(readFileSync(note, 'utf8')) as { home: string }).home] : []
}
const listLeftProcesses = () => listProcessesOf([clone, ...databaseHome()], marker)

/** Until a reader sees the parcel that is ahead of all others in truth move. */
const untilParcelsMove = (demo: Demo) =>
  waitFor(
    async () => {
      const [first] = (await readTruths(addresses)).toSorted((one, other) => other.eventCount - one.eventCount)
      const seen = first && (await readAsAnyone(addresses, first.awb))
      return (seen && seen.events > 1) || undefined
    },
    { demo, withinMs: movesWithinMs * 2, everyMs: 1000 },
  )

const compareAll = async (): Promise<Comparison> => {
  const truths = await readTruths(addresses)
  const numbers = truths.map(({ awb }) => awb)
  return compareWithTruth(truths, await readAllAsAnyone(addresses, numbers))
}

const reportComparison = (when: string, { parcels, atTheirEnd, wrong, missing }: Comparison) => {
  const share = parcels > 0 ? atTheirEnd / parcels : 0
  const measured = `${atTheirEnd} of ${parcels} (${(share * 100).toFixed(1)} %)`
  report(`parcels at their scripted end ${when}`, `${endedShareMin * 100} %`, measured, share >= endedShareMin)
  report(`ended parcels unlike the truth ${when}`, '0', String(wrong.length), wrong.length === 0)
  report(`parcels that no one can read ${when}`, '0', String(missing.length), missing.length === 0)
  for (const sentence of [...wrong, ...missing].slice(0, 20)) console.log(`       ${sentence}`)
}

const firstStart = async (): Promise<Demo> => {
  const receivedBefore = receivedBytes()
  const startedAt = Date.now()
  const demo = startDemo(clone, env, logFile)
  const moves = await untilParcelsMove(demo)
  const tookMs = Date.now() - startedAt
  report('sample parcels move', `within ${seconds(movesWithinMs)}`, seconds(tookMs), !!moves && tookMs <= movesWithinMs)
  report('received from the network meanwhile', '', megabytes(receivedBytes() - receivedBefore))
  report('node_modules on disk', '', megabytes(diskBytes(join(clone, 'node_modules'))))
  report('npm cache and pnpm store on disk', '', megabytes(diskBytes(home)))
  if (!moves) throw new Error('The demo does not run; see its log.')
  return demo
}

// Its output is no terminal, so it names the file instead of the key.
const apiKeyOf = (folder: string): string => readFileSync(join(folder, '.data', 'api-key'), 'utf8').trim()

const afterFiveMinutes = async (demo: Demo): Promise<void> => {
  const endsAt = (await readStartedAt(addresses)) + demoMs
  console.log(`     waiting for the demo's five minutes, until ${new Date(endsAt).toISOString()}`)
  await Promise.race([sleep(Math.max(0, endsAt - Date.now())), demo.ended])
  reportComparison('after five minutes', await compareAll())
  const { checks, calls } = await readOverview(addresses, apiKeyOf(clone))
  const each = calls > 0 ? (checks / calls).toFixed(1) : '0'
  const isGood = calls > 0 && calls * checksPerCallMin <= checks
  report('checks a call', `${checksPerCallMin}`, `${each} (${checks} checks in ${calls} calls)`, isGood)
}

const stop = async (demo: Demo, which: string): Promise<void> => {
  const running = listLeftProcesses().length
  report(`processes of the ${which} start`, `at least ${processesMin}`, String(running), running >= processesMin)
  const pressedAt = Date.now()
  demo.interrupt()
  const slow = setTimeout(() => console.log(`     still running:\n${listLeftProcesses().join('\n')}`), slowStopMs)
  const ending = await Promise.race([demo.ended, sleep(stopsWithinMs + 5000).then(() => 'it goes on')])
  clearTimeout(slow)
  const tookMs = Date.now() - pressedAt
  report(
    `Ctrl-C stops the ${which} start`,
    `within ${seconds(stopsWithinMs)}`,
    seconds(tookMs),
    tookMs <= stopsWithinMs,
  )
  report('how it ended', cleanEndings.join(' or '), ending, cleanEndings.includes(ending))
  const left = listLeftProcesses()
  report('processes left', '0', String(left.length), left.length === 0)
  for (const line of left) console.log(`       ${line}`)
}

const secondStart = async (): Promise<void> => {
  const startedAt = Date.now()
  const demo = startDemo(clone, env, logFile)
  const isReady = () => fetch(`http://127.0.0.1:${ports[2]}/health/ready`).then((answer) => answer.ok || undefined)
  const ready = await waitFor(isReady, { demo, withinMs: resumesWithinMs * 2, everyMs: 250 })
  const tookMs = Date.now() - startedAt
  const isGood = !!ready && tookMs <= resumesWithinMs
  report('API and worker run after the second start', `within ${seconds(resumesWithinMs)}`, seconds(tookMs), isGood)
  if (ready) reportComparison('after the second start', await compareAll())
  await stop(demo, 'second')
}

const cleanUp = async (): Promise<void> => {
  for (const line of listLeftProcesses()) process.kill(Number(line.split(' ')[0]), 'SIGKILL')
  if (existsSync(join(clone, '.data'))) await eraseEmbedded(join(clone, '.data'))
}

let demo: Demo | undefined
try {
  mkdirSync(home)
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', join(import.meta.dirname, '../..'), clone])
  demo = await firstStart()
  await afterFiveMinutes(demo)
  await stop(demo, 'first')
  await secondStart()
} catch (error) {
  report('the check ran to its end', '', error instanceof Error ? error.message : String(error), false)
} finally {
  demo?.kill()
  await cleanUp()
}

console.log('')
console.table(lines.map(({ isGood, ...line }) => ({ ...line, '': isGood ? 'ok' : 'MISS' })))
const isGood = lines.every((line) => line.isGood)
if (isGood && !process.argv.includes('--keep')) rmSync(place, { recursive: true, force: true })
else console.log(`Look at ${logFile} and ${join(clone, '.data/logs')}.`)
process.exit(isGood ? 0 : 1)
