import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../../../..')
const writes = /\b(?:update|insert\s+into|delete\s+from)\s+(?:only\s+)?(tracking_cache|tracking_update_logs)\b/gi

/** The files of the product with their text. */
const readSources = async (): Promise<[string, string][]> => {
  const found: [string, string][] = []
  for (const folder of ['apps', 'packages']) {
    const names = await readdir(join(root, folder), { recursive: true })
    for (const name of names.filter((one) => /^(?!.*(?:node_modules|testing|generated)\b).*(?<!\.test)\.ts$/.test(one)))
      found.push([`${folder}/${name}`, await readFile(join(root, folder, name), 'utf8')])
  }
  return found
}

test('parcels and the log of what happened to them are each written by one file', async () => {
  const writers: Record<string, string[]> = {}
  for (const [path, text] of await readSources())
    for (const [, table = ''] of text.matchAll(writes)) writers[table] = [...(writers[table] ?? []), path]
  expect(new Set(writers.tracking_cache)).toEqual(new Set(['packages/db/src/queries/parcels/write-parcels.ts']))
  expect(new Set(writers.tracking_update_logs)).toEqual(
    // What outlived its time is deleted by retention.
    new Set(['packages/db/src/queries/changes/change-log.ts', 'packages/db/src/queries/retention/retention.ts']),
  )
})

test('nothing comes, changes or goes without an entry in the log: one file asks for all four statements', async () => {
  const names = /\b(?:saveParcels|insertTrackings|deleteParcels|insertChanges)\b/
  const asking = (await readSources()).filter(([path, text]) => !path.startsWith('packages/db/') && names.test(text))
  expect(asking.map(([path]) => path)).toEqual(['packages/core/src/changes/record-changes.ts'])
})
