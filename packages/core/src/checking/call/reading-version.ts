import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { ownTexts } from '../../easyparcel/texts/own-texts.ts'

const urlOf = (path: string) => new URL(path, import.meta.url)
const folders = ['../../easyparcel/reading/', '../../easyparcel/texts/', '../../parcels/'].map(urlOf)
const words = ['parcel-details.ts', 'status.ts', 'tracking-event.ts', 'tracking-document.ts'].map((name) =>
  urlOf(`../../../../contract/src/${name}`),
)

/**
 * Changes with whatever gives stored scans their meaning and stored documents their shape: the sources of the rules themselves, so that no one can
 * forget to count up, `rules`, and what the installation says of texts.
 */
export const readingVersion = async (rules: { eventsMax: number; reuseAgeMs: number }): Promise<string> => {
  const hash = createHash('sha256').update(JSON.stringify([rules.eventsMax, rules.reuseAgeMs]))
  for (const folder of folders) {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    for (const name of names.sort()) hash.update(await readFile(new URL(name, folder)))
  }
  for (const word of words) hash.update(await readFile(word))
  const own = [...ownTexts().values()]
  if (own.length > 0) hash.update(JSON.stringify(own.map(({ text, status, substatus }) => [text, status, substatus])))
  return hash.digest('hex').slice(0, 16)
}
