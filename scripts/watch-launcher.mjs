import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { platform } from 'node:process'

const everyMs = 500
const isShell = (name) => /^(.*\/)?-?(sh|dash|bash|ash|zsh|busybox)$/.test(name)

/** The program and the parent of a process; undefined when it is gone. A script is called by its own name, so the file that runs counts. */
function lookUp(pid) {
  try {
    if (platform !== 'linux') {
      const [, parent, name] = /^\s*(\d+)\s+(.*)$/.exec(
        execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' }).trim(),
      )
      return { name, parent: Number(parent) }
    }
    const [, parent] = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return { name: readlinkSync(`/proc/${pid}/exe`), parent: Number(parent) }
  } catch {
    return undefined
  }
}

/**
 * Calls `onGone` once the npm that started us is gone. It passes a signal to its shell only, which does not pass it on; killed, it says
 * nothing at all. Started by hand, whoever did it may go: that is what nohup is for.
 */
export function watchLauncher(env, onGone) {
  if (!env.npm_lifecycle_event || platform === 'win32') return
  // npm itself, and the shells between it and us.
  const chain = [process.ppid]
  for (let next = lookUp(chain[0]); next && isShell(next.name); next = lookUp(next.parent)) chain.push(next.parent)
  const isThere = () =>
    process.ppid === chain[0] && chain.slice(1).every((parent, place) => lookUp(chain[place])?.parent === parent)
  const timer = setInterval(() => {
    if (isThere()) return
    clearInterval(timer)
    onGone()
  }, everyMs)
  timer.unref()
}
