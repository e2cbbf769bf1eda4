import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runJejak } from './testing/run-jejak.ts'

let database: TestDatabase
let folder: string
const jejak = (...args: string[]) =>
  runJejak(args, {
    DATABASE_URL: database.url,
    SECRET_KEY: 'a secret that only tests know, 32 bytes',
    DATA_DIR: folder,
  })

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'jejak-attention-'))
  expect(await jejak('migrate')).toMatchObject({ code: 0 })
  await database.pool.query(
    `insert into tracking_cache (organization_id, connection_id, tracking_number, document, document_version, registered_at, changed_at,
                                 requires_attention, attention_reason)
     select organization_id, id, 'LOST0000001', '{', '1', now(), now(), true, 'damaged' from connections limit 1;
     insert into tracking_schedule (tracking_id, connection_id, organization_id, next_update_due)
     select id, connection_id, organization_id, now() from tracking_cache`,
  )
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

test('cases are listed by reason, settled by number, and that is undone', async () => {
  expect((await jejak('attention')).stdout).toMatch(/damaged +1 +0 .*The courier says that the parcel is damaged\./)
  const { stdout, stderr } = await jejak('attention:settle', 'LOST0000001', '--how', 'seen')
  expect([stdout, stderr]).toEqual(['Done: 1.\n', expect.stringMatching(/jejak undo \d+/)])
  expect((await jejak('attention')).stdout).toBe('Nothing needs you.\n')
  const [undo] = JSON.parse((await jejak('undo', '--json')).stdout)
  expect(undo).toMatchObject({ act: 'attention.settled', actor: 'console', amount: 1 })
  expect((await jejak('undo', undo.id)).stdout).toBe('Undone: attention.settled, 1 restored.\n')
  expect((await jejak('attention', '--reason', 'damaged')).stdout).toContain('LOST0000001')
})

test('a command that does not say which cases, or lacks what its way needs, is refused', async () => {
  expect(await jejak('attention:snooze')).toMatchObject({ code: 2 })
  expect(await jejak('attention:settle', 'LOST0000001', '--how', 'mute')).toMatchObject({ code: 2 })
  expect(await jejak('attention:assign', 'LOST0000001', '--to', 'no.one@kedai.example')).toMatchObject({ code: 1 })
})
