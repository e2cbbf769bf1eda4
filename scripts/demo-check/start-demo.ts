import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type Demo = {
  readonly pid: number | undefined
  /** What it printed so far. */
  readonly output: () => string
  /** Resolves with how it ended: `code 0`, `SIGINT`, or why it could not be started. */
  readonly ended: Promise<string>
  /** Ctrl-C, as a terminal sends it: to the whole foreground group. */
  readonly interrupt: () => void
  readonly kill: () => void
}

/** `npm start` in a folder, with these variables; what it prints also goes to `logFile`. */
export const startDemo = (folder: string, env: NodeJS.ProcessEnv, logFile: string): Demo => {
  const child = spawn('npm', ['start'], { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const log = createWriteStream(logFile, { flags: 'a' })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      log.write(text)
    })
  const signal = (name: NodeJS.Signals) => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, name)
  }
  return {
    pid: child.pid,
    output: () => output,
    ended: new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('close', (code, signalName) => {
        log.end()
        resolve(signalName ?? `code ${code}`)
      })
    }),
    interrupt: () => signal('SIGINT'),
    kill: () => signal('SIGKILL'),
  }
}

/** Ports no one listens on, all different. */
export const freePorts = async (amount: number): Promise<number[]> => {
  const servers = Array.from({ length: amount }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject)
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** Asks again every `everyMs` until there is an answer; undefined when none came in time or the demo ended. */
export const waitFor = async <T>(
  ask: () => Promise<T | undefined>,
  { demo, withinMs, everyMs }: { demo: Demo; withinMs: number; everyMs: number },
): Promise<T | undefined> => {
  let hasEnded = false
  void demo.ended.then(() => {
    hasEnded = true
  })
  const deadline = Date.now() + withinMs
  while (Date.now() < deadline && !hasEnded) {
    const answer = await ask().catch(() => undefined)
    if (answer !== undefined) return answer
    await sleep(everyMs)
  }
  return undefined
}
