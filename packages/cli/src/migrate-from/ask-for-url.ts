import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'

const usualVariable = 'MIGRATE_FROM_URL'

type Asking = {
  env: CommandContext['env']
  urlEnv: string | undefined
  urlFile: string | undefined
  signal: AbortSignal
}

/**
 * The address of the database to read, with its password: from a variable, a file, or typed unseen at a terminal. Never from the arguments of a command,
 * which everyone on the machine sees.
 */
export const askForUrl = async ({ env, urlEnv, urlFile, signal }: Asking): Promise<string> => {
  if (urlFile !== undefined) return readUrlFile(urlFile)
  const given = env[urlEnv ?? usualVariable]?.trim()
  if (given) return given
  if (urlEnv !== undefined) throw new CliError(`The variable ${urlEnv} is not set.`, { exitCode: 2 })
  if (!process.stdin.isTTY)
    throw new CliError(
      `Give the address of the database to read in the variable ${usualVariable}, in another one (--url-env NAME) or in a file (--url-file FILE).`,
      { exitCode: 2 },
    )
  return askUnseen(signal)
}

const readUrlFile = async (file: string): Promise<string> => {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(`The file ${file} cannot be read: ${cause.code ?? cause.message}.`, { cause })
  })
  const [first = ''] = text.split(/\r?\n/)
  if (first.trim() === '') throw new CliError(`The first line of ${file} is no address.`)
  return first.trim()
}

const askUnseen = async (signal: AbortSignal): Promise<string> => {
  process.stderr.write('Address of the database to read (postgres://…, not shown): ')
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true })
  try {
    return (await terminal.question('', { signal })).trim()
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
