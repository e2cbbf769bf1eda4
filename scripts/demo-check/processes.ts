import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const quietly = (read: () => string): string => {
  try {
    return read()
  } catch {
    return ''
  }
}

/** Processes (Linux) that stand in one of these folders, or have `marker` in their environment or among their words: `1234 node …`. */
export const listProcessesOf = (folders: readonly string[], marker: string): string[] => {
  const isOurs = (pid: string): boolean => {
    const cwd = quietly(() => readlinkSync(`/proc/${pid}/cwd`))
    if (folders.some((folder) => cwd === folder || cwd.startsWith(`${folder}/`))) return true
    return ['environ', 'cmdline'].some((of) =>
      quietly(() => readFileSync(`/proc/${pid}/${of}`, 'utf8')).includes(marker),
    )
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter(isOurs)
    .map((pid) => `${pid} ${quietly(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')}`.trim())
}

/** Bytes that this machine has received so far (Linux), over every interface but the loopback. */
export const receivedBytes = (): number =>
  readFileSync('/proc/net/dev', 'utf8')
    .split('\n')
    .map((line) => /^\s*([^:\s]+):\s*(\d+)/.exec(line))
    .reduce((sum, found) => (found && found[1] !== 'lo' ? sum + Number(found[2]) : sum), 0)
