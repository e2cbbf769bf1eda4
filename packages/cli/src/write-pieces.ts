import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CliError } from './cli-error.ts'

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code

/** Writes a long answer piece by piece, as fast as it is taken: to standard output, or into a file that only its owner can read. */
export const writePieces = async (pieces: AsyncIterable<string>, file: string | undefined): Promise<void> => {
  const source = Readable.from(pieces)
  try {
    if (file !== undefined) await pipeline(source, createWriteStream(file, { flags: 'wx', mode: 0o600 }))
    else await pipeline(source, process.stdout, { end: false })
  } catch (error) {
    // Whoever read the pipe has seen enough, as `head` does.
    if (file === undefined && codeOf(error) === 'EPIPE') return
    if (codeOf(error) === 'EEXIST') throw new CliError(`${file} is there already: it stays as it is.`)
    throw error
  }
}
