import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../../../..')
const writes = /\b(?:update|insert\s+into|delete\s+from)\s+(?:only\s+)?(tracking_cache|tracking_update_logs)\b/gi

test('parcels and the log of what happened to them are each written by one file', async () => {
  const writers: Record<string, string[]> = {}
  for (const folder of ['apps', 'packages']) {
    const names = await readdir(join(root, folder), { recursive: true })
    for (const name of names.filter((one) =>
      /^(?!.*(?:node_modules|testing|generated)\b).*(?<!\.test)\.ts$/.test(one),
    )) {
      const text = await readFile(join(root, folder, name), 'utf8')
      for (const [, table = ''] of text.matchAll(writes))
        writers[table] = [...(writers[table] ?? []), `${folder}/${name}`]
    }
  }
  expect(new Set(writers.tracking_cache)).toEqual(new Set(['packages/db/src/queries/parcels/write-parcels.ts']))
  expect(new Set(writers.tracking_update_logs)).toEqual(
    // What outlived its time is deleted by retention.
    new Set(['packages/db/src/queries/changes/change-log.ts', 'packages/db/src/queries/retention/retention.ts']),
  )
})
