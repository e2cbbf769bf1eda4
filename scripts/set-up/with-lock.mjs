import { closeSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const lockAgeMaxMs = 30 * 60_000

/** Runs `work` while holding a lock file with our process id; waits for a living holder, takes over from a dead one. */
export async function withLock(file, { say }, work) {
  for (let waited = 0; !take(file); waited++) {
    if (isStale(file)) remove(file)
    else {
      if (waited === 0) say('another start of Jejak is setting up this folder; waiting for it …')
      await sleep(500)
    }
  }
  const release = () => remove(file)
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

function take(file) {
  try {
    const handle = openSync(file, 'wx')
    writeSync(handle, String(process.pid))
    closeSync(handle)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function isStale(file) {
  try {
    if (Date.now() - statSync(file).mtimeMs > lockAgeMaxMs) return true
    process.kill(Number(readFileSync(file, 'utf8')) || process.pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

function remove(file) {
  try {
    unlinkSync(file)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}
