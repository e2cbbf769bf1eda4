import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a command to its end, passing our signals on, and answers its exit code (128 + number for a signal, 127 if it
 * cannot be started). With `onLine`, its output comes line by line instead of going to the terminal.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions & { onLine?: (line: string) => void }} options
 */
export function runCommand(command, args, { onLine, ...options }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, onLine ? { ...options, stdio: ['ignore', 'pipe', 'pipe'] } : options)
    const forward = (signal) => child.kill(signal)
    for (const signal of forwarded) process.on(signal, forward)
    const end = (code) => {
      for (const signal of forwarded) process.off(signal, forward)
      resolve(code)
    }
    if (onLine) for (const stream of [child.stdout, child.stderr]) splitLines(stream, onLine)
    child.on('error', (error) => {
      onLine?.(String(error.message))
      end(127)
    })
    child.on('close', (code, signal) => end(code ?? 128 + constants.signals[signal]))
  })
}

function splitLines(stream, onLine) {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split(/\r?\n/)
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  stream.on('end', () => rest && onLine(rest))
}
