import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'

const folders = ['./', '../texts/', '../../parcels/'].map((folder) => new URL(folder, import.meta.url))

/** Changes with whatever gives stored scans their meaning: the sources of the rules themselves, so that no one can forget to count up, and `rules`. */
export const readingVersion = async (rules: { eventsMax: number; reuseAgeMs: number }): Promise<string> => {
  const hash = createHash('sha256').update(JSON.stringify([rules.eventsMax, rules.reuseAgeMs]))
  for (const folder of folders) {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    for (const name of names.sort()) hash.update(await readFile(new URL(name, folder)))
  }
  return hash.digest('hex').slice(0, 16)
}
