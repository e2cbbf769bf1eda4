import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Refusal } from '@jejak/core/errors'
import {
  columnsOfMapping,
  type Mapping,
  openCsvSource,
  openPostgresSource,
  readMapping,
  type Source,
} from '@jejak/core/migrating'
import { CliError } from '../cli-error.ts'

const mappingBytesMax = 1_000_000
const fileBytesMax = 2_147_483_648
const connectTimeoutMs = 10_000

/** Reads a mapping from its file. */
export const readMappingFile = async (file: string): Promise<Mapping> => {
  await requireFile(file, mappingBytesMax)
  try {
    return readMapping(await readFile(file, 'utf8'))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new CliError(error.message, { exitCode: 2, cause: error })
  }
}

const requireFile = async (file: string, bytesMax: number): Promise<void> => {
  const found = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(`The file ${file} cannot be read: ${cause.code ?? cause.message}.`, { cause })
  })
  if (!found.isFile()) throw new CliError(`${file} is not a file.`)
  if (found.size > bytesMax) throw new CliError(`The file ${file} is larger than ${bytesMax} bytes.`)
}

type Opening = {
  mapping: Mapping
  mappingFile: string
  url: () => Promise<string>
  statementTimeoutMs: number
  rowsMax: number
}

/** Opens what a mapping reads; a file is looked for beside the mapping. */
export const openSource = async ({ mapping, mappingFile, ...opening }: Opening): Promise<Source> => {
  const source = await openOf(mapping, { mappingFile, ...opening })
  const wanted = columnsOfMapping(mapping)
  const missing = wanted.filter((column) => !source.columns.includes(column))
  const doubled = wanted.filter((column) => source.columns.indexOf(column) !== source.columns.lastIndexOf(column))
  // Of a file it is not known before it is read: a cell may hold lines.
  const isTooLong = source.kind === 'postgres' && source.rows > opening.rowsMax
  if (missing.length === 0 && doubled.length === 0 && !isTooLong) return source
  await source.close()
  if (doubled.length > 0)
    throw new CliError(`The source has the column ${doubled.join(', ')} more than once: give each a name of its own.`)
  if (source.columns.length === 0) throw new CliError('The file is empty.')
  if (missing.length > 0)
    throw new CliError(
      `The source has no column ${missing.join(', ')}. Its columns are: ${source.columns.slice(0, 50).join(', ')}.`,
    )
  throw new CliError(`The source has ${source.rows} rows, more than ${opening.rowsMax}: give a larger --max-rows.`)
}

const openOf = async (
  { source: { postgres, csv } }: Mapping,
  { mappingFile, url, statementTimeoutMs, rowsMax }: Omit<Opening, 'mapping'>,
): Promise<Source> => {
  if (postgres) return openPostgresSource({ ...postgres, url: await url(), statementTimeoutMs, connectTimeoutMs })
  const file = resolve(dirname(mappingFile), csv!.file)
  await requireFile(file, fileBytesMax)
  return openCsvSource(() => createReadStream(file), { bytesMax: fileBytesMax, linesMax: rowsMax })
}
