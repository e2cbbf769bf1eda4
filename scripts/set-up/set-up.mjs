import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { arch, execPath, platform, versions } from 'node:process'
import { fileURLToPath } from 'node:url'
import { explainFailure, SetUpError } from './explain-failure.mjs'
import { runCommand } from './run-command.mjs'
import { withLock } from './with-lock.mjs'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

const modules = join(root, 'node_modules')
const isWindows = platform === 'win32'
const lockedNode = join(modules, `node-${isWindows ? 'win' : platform}-${arch}`, 'bin', isWindows ? 'node.exe' : 'node')
// Not every platform has a package of Node: there the Node that runs this must be new enough itself.
const ownNode = Number.parseInt(versions.node, 10) >= 24 ? execPath : undefined
const node24 = () => (existsSync(lockedNode) ? lockedNode : ownNode)
const installNote = join(modules, '.jejak-installed')
const generateNote = join(modules, '.jejak-generated')
const buildNote = join(modules, '.jejak-built')
const widget = join(root, 'apps/widget')
const generated = join(root, 'packages/db/src/generated')
/** What an installation holds: all that running needs, or the tools of tests and checks as well. */
const noteOf = { running: 'running', tools: 'tools' }
const say = (line) => console.log(`set-up: ${line}`)

/**
 * Installs with the pinned pnpm, generates the database client and builds the widget, each only when its inputs changed. What only tests and
 * checks need comes `withTools`; once it is there, it is kept up to date.
 */
export async function setUp({ withTools = true } = {}) {
  if (isInstalled(withTools) && isGenerated() && isBuilt()) return
  refuseReadOnlyFolder()
  await withLock(join(root, '.set-up.lock'), { say }, async () => {
    if (!isInstalled(withTools)) await install(withTools || hasTools())
    if (!isGenerated()) await generate()
    if (!isBuilt()) await buildWidget()
  })
}

/** Node 24 and the installed tools first in PATH; without what npm says about its own run or a caller's narrower install. */
export function toolEnvironment(env) {
  const dropped =
    /^(npm_config_(local_prefix|prefix|global.*|omit|only|production|yes|ignore_scripts|dry_run|workspaces?)|node_env)$/i
  const kept = Object.entries(env).filter(([key]) => !dropped.test(key) && key.toUpperCase() !== 'PATH')
  const path = [dirname(node24() ?? execPath), join(modules, '.bin'), env.PATH ?? env.Path].join(delimiter)
  return { ...Object.fromEntries(kept), PATH: path, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
}

const hasTools = () => existsSync(installNote) && readFileSync(installNote, 'utf8').startsWith(noteOf.tools)
const isInstalled = (withTools) =>
  node24() !== undefined &&
  (noteSays(installNote, installInputs(true)) || (!withTools && noteSays(installNote, installInputs(false))))
const isGenerated = () => existsSync(generated) && noteSays(generateNote, generateInputs())
const isBuilt = () => existsSync(join(widget, 'dist/widget.js')) && noteSays(buildNote, buildInputs())
const noteSays = (note, hash) => existsSync(note) && readFileSync(note, 'utf8') === hash
const hash = (files) => files.reduce((sum, file) => sum.update(readFileSync(file)), createHash('sha256')).digest('hex')
const installInputs = (withTools) =>
  `${withTools ? noteOf.tools : noteOf.running} ${platform}-${arch} ${hash([join(root, 'pnpm-lock.yaml')])}`

function generateInputs() {
  const folder = join(root, 'packages/db/prisma')
  const schemas = readdirSync(folder).filter((file) => file.endsWith('.prisma'))
  return hash([...schemas.sort().map((file) => join(folder, file)), join(root, 'pnpm-lock.yaml')])
}

function buildInputs() {
  const folders = [join(widget, 'src'), join(root, 'packages/tracking-page/src'), join(root, 'packages/contract/src')]
  const files = folders.flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => join(folder, file)))
  const sources = files.filter((file) => statSync(file).isFile()).sort()
  return hash([...sources, join(widget, 'vite.config.ts'), join(root, 'pnpm-lock.yaml')])
}

async function install(withTools) {
  say(
    withTools
      ? 'installing packages and the tools of tests and checks; on an empty machine that is about 350 MB to download …'
      : 'installing packages; on an empty machine that is about 205 MB to download and a minute of work …',
  )
  const { command, args } = pinnedPnpm()
  const flags = [
    'install',
    '--frozen-lockfile',
    withTools ? '--prod=false' : '--prod',
    '--reporter=append-only',
    '--config.ignore-scripts=false',
  ]
  await step('The packages could not be installed', command, [...args, ...flags, ...storeFlags()])
  if (node24() === undefined)
    throw new SetUpError(`There is no package of Node 24 for ${platform}-${arch}: install Node 24, then start again.`)
  writeFileSync(installNote, installInputs(withTools))
}

async function generate() {
  say('generating the database client …')
  await step('The database client could not be generated', bin('prisma'), ['generate'], join(root, 'packages/db'))
  writeFileSync(generateNote, generateInputs())
}

async function buildWidget() {
  say('building the tracking widget …')
  await step('The tracking widget could not be built', bin('vite'), ['build'], widget)
  writeFileSync(buildNote, buildInputs())
}

/** A tool of the package in whose folder it runs. */
const bin = (name) => join('node_modules', '.bin', name)

async function step(failure, command, args, cwd = root) {
  const lines = []
  const env = { ...toolEnvironment(process.env), ...cacheInHome(), npm_config_fetch_retry_mintimeout: '2000', CI: '1' }
  const onLine = (line) => {
    lines.push(line)
    if (/^Progress: /.test(line)) showProgress(line)
  }
  const code = await runCommand(command, args, { cwd, env, onLine, shell: isWindows })
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K')
  if (code === 130 || code === 143)
    throw new SetUpError('Set-up was interrupted; the next start goes on from here.', code)
  if (code !== 0) throw new SetUpError(explainFailure(failure, lines), 1, lines.slice(-15))
}

const showProgress = (line) =>
  process.stdout.isTTY
    ? process.stdout.write(`\r\x1b[K  ${line.slice(0, process.stdout.columns - 3)}`)
    : console.log(`  ${line}`)

/** The pnpm named in package.json: the one in node_modules if it is that version, otherwise npm fetches it into its cache. */
function pinnedPnpm() {
  const [, version] = /^pnpm@([\d.]+)/.exec(readJson(join(root, 'package.json')).packageManager)
  const installed = join(modules, 'pnpm')
  const isPinned =
    existsSync(join(installed, 'package.json')) && readJson(join(installed, 'package.json')).version === version
  if (isPinned) return { command: process.execPath, args: [join(installed, 'bin', 'pnpm.cjs')] }
  const npmCli = process.env.npm_execpath ?? ''
  const npm = npmCli.endsWith('npm-cli.js') ? [process.execPath, npmCli] : ['npm']
  return { command: npm[0], args: [...npm.slice(1), 'exec', '--yes', `--package=pnpm@${version}`, '--', 'pnpm'] }
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

// A user without a writable home (the user nobody, a sudo that keeps HOME) gets npm's cache and pnpm's store inside the clone.
const homeIsWritable = () => isWritable(homedir())
const cacheInHome = () =>
  homeIsWritable() ? {} : { npm_config_cache: join(modules, '.cache', 'npm'), HOME: join(modules, '.cache') }
const storeFlags = () => (homeIsWritable() ? [] : ['--store-dir', join(modules, '.cache', 'pnpm-store')])

function refuseReadOnlyFolder() {
  if (!isWritable(root))
    throw new SetUpError(`Jejak cannot write in its own folder ${root}: start it as the user who owns the clone.`)
  mkdirSync(modules, { recursive: true })
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
