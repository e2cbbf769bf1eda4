#!/usr/bin/env node
// What `npm start`, `npm test` and the other root scripts call: sets up what is missing, then hands over to Node 24.
import { readFileSync } from 'node:fs'
import { env, exit, platform, versions } from 'node:process'

const commands = {
  start: (args) => jejak('start', ...args),
  jejak: (args) => jejak(...args),
  dev: (args) => jejak('start', '--watch', ...args),
  test: (args) => (args.length > 0 ? ['vitest', 'run', ...args] : ['turbo', 'run', 'test:all', '--log-prefix=none']),
  bench: (args) => ['node', 'bench/src/main.ts', ...args],
  chaos: (args) => ['node', 'scripts/chaos.ts', ...args],
  'demo:check': (args) => ['node', 'scripts/demo-check/demo-check.ts', ...args],
  verify: (args) => ['turbo', 'run', ...checks(), '--continue', '--log-order=grouped', ...args],
}

const jejak = (...args) => ['node', 'packages/cli/src/main.ts', ...args]

const checks = () =>
  Object.keys(JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).scripts).filter((script) =>
    script.startsWith('check:'),
  )

/** These run an installation: they need no tools of tests and checks, and read its `.env`. */
const running = ['start', 'jejak', 'dev']
const nodeOldest = 20
const [name = '', ...args] = process.argv.slice(2)

if (Number.parseInt(versions.node, 10) < nodeOldest) {
  console.error(`Jejak needs Node ${nodeOldest} or newer to start; this is Node ${versions.node}.`)
  exit(1)
}
if (!Object.hasOwn(commands, name)) {
  console.error(`Use: node scripts/run.mjs ${Object.keys(commands).join(' | ')} [arguments]`)
  exit(2)
}

const { root, setUp, toolEnvironment } = await import('./set-up/set-up.mjs')
const { runCommand } = await import('./set-up/run-command.mjs')
const { exposedSecrets, readEnvFile } = await import('./read-env-file.mjs')
const { watchLauncher } = await import('./watch-launcher.mjs')
watchLauncher(env, () => process.kill(process.pid, 'SIGTERM'))

try {
  await setUp({ withTools: !running.includes(name) })
} catch (error) {
  if (!error.sentence) throw error
  for (const line of error.lastLines) console.error(`  ${line}`)
  console.error(error.sentence)
  exit(error.exitCode ?? 1)
}

const [command, ...rest] = commands[name](args)
const shell = platform === 'win32'
// The settings of `.env` are the command line's; they count where the environment says nothing.
const envFile = `${root}/.env`
const readSettings = () => {
  try {
    return readEnvFile(envFile)
  } catch (error) {
    console.error(error.sentence ?? `.env cannot be read: ${error.message}`)
    return exit(1)
  }
}
const settings = running.includes(name) ? readSettings() : {}
const warning = exposedSecrets(envFile, settings)
if (warning) console.warn(warning)
// Whose end is the end of what it starts: the command that is told its launcher watches it.
const told = { INIT_CWD: process.cwd(), ...settings, ...toolEnvironment(env), npm_lifecycle_event: name }
exit(await runCommand(command, rest, { cwd: root, env: told, stdio: 'inherit', shell }))
