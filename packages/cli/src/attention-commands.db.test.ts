import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliWorld, createCliWorld } from './testing/cli-world.ts'

let world: CliWorld
const jejak = (...args: string[]) => world.jejak(...args)

beforeAll(async () => {
  world = await createCliWorld()
  await world.database.pool.query(
    `insert into tracking_cache (organization_id, connection_id, tracking_number, document, document_version, registered_at, changed_at,
                                 requires_attention, attention_reason)
     select organization_id, id, 'LOST0000001', '{', '1', now(), now(), true, 'damaged' from connections limit 1;
     insert into tracking_schedule (tracking_id, connection_id, organization_id, next_update_due)
     select id, connection_id, organization_id, now() from tracking_cache`,
  )
})
afterAll(() => world.close())

test('cases are listed by reason, settled by number, and that is undone', async () => {
  expect((await jejak('attention')).stdout).toMatch(/damaged +1 +0 .*The courier says that the parcel is damaged\./)
  const { stdout, stderr } = await jejak('attention:settle', 'LOST0000001', '--how', 'seen')
  expect([stdout, stderr]).toEqual(['Done: 1.\n', expect.stringMatching(/jejak undo \d+/)])
  expect((await jejak('attention')).stdout).toBe('Nothing needs you.\n')
  const [undo] = JSON.parse((await jejak('undo', '--json')).stdout)
  expect(undo).toMatchObject({ act: 'attention.settled', actor: 'console', amount: 1 })
  expect((await jejak('undo', undo.id)).stdout).toBe('Undone: attention.settled, 1 restored.\n')
  expect((await jejak('attention', '--reason', 'damaged')).stdout).toContain('LOST0000001')
}, 300_000)

test('a command that does not say which cases, or lacks what its way needs, is refused', async () => {
  expect(await jejak('attention:snooze')).toMatchObject({ code: 2 })
  expect(await jejak('attention:snooze', 'LOST0000001')).toMatchObject({
    code: 2,
    stderr: 'Say --until when, or --wake.\n',
  })
  expect(await jejak('attention:snooze', 'LOST0000001', '--wake')).toMatchObject({ code: 0 })
  expect(await jejak('attention', '--reason', 'damage')).toMatchObject({ code: 2 })
  expect(await jejak('attention:settle', 'LOST0000002', '--how', 'seen')).toMatchObject({
    code: 1,
    stderr: 'No parcel that needs a person has the number LOST0000002.\n',
  })
  expect(await jejak('attention:settle', 'LOST0000001', '--how', 'mute')).toMatchObject({ code: 2 })
  expect(await jejak('attention:assign', 'LOST0000001', '--to', 'no.one@kedai.example')).toMatchObject({ code: 1 })
}, 300_000)
