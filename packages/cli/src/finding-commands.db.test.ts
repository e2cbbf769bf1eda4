import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliWorld, createCliWorld } from './testing/cli-world.ts'

// Each command is a process of its own, and several of them take long on a busy machine.
const patienceMs = 300_000

let world: CliWorld
const jejak = (...args: string[]) => world.jejak(...args)
const json = async (...args: string[]) => JSON.parse((await jejak(...args, '--json')).stdout)

beforeAll(async () => {
  world = await createCliWorld()
  await world.database.pool.query(
    `with parcel as (
       insert into tracking_cache (organization_id, connection_id, tracking_number, courier, document, document_version, registered_at, changed_at)
       select organization_id, id, '632143239945', 'Pos Laju', '{', '1', now(), now() from connections limit 1
       returning id, organization_id, connection_id),
     scheduled as (
       insert into tracking_schedule (tracking_id, connection_id, organization_id, next_update_due, checks)
       select id, connection_id, organization_id, now(), 3 from parcel),
     noted as (
       insert into parcel_notes (organization_id, tracking_id, at, author, text)
       select organization_id, id, now(), 'user:7', 'The box was wet.' from parcel)
     insert into tracking_orders (tracking_id, organization_id, order_number, order_folded, registered_at)
     select id, organization_id, '#1001', '1001', now() from parcel`,
  )
  await jejak('user:create', 'siti@kedai.example', '--role', 'support', '--name', 'Siti binti Ali')
  await jejak('key:create', '--name', 'till')
}, patienceMs)
afterAll(() => world.close())

test(
  'one search finds a parcel by its number, its end or its order, and a person by name',
  async () => {
    expect((await jejak('search', '632143239945')).stdout).toMatch(/632143239945.*the number/)
    expect((await jejak('search', '239945')).stdout).toMatch(/632143239945.*ends so/)
    expect((await jejak('search', '#1001')).stdout).toMatch(/632143239945.*the order/)
    expect((await jejak('search', 'siti binti')).stdout).toMatch(/user .*Siti binti Ali.*the name/)
    const { data } = await json('search', '632143239945')
    expect(data[0]).toMatchObject({ kind: 'tracking', title: '632143239945', why: 'number' })
  },
  patienceMs,
)

test(
  'a contact is not written into the command itself, and nothing found is said so',
  async () => {
    const refused = await jejak('search', 'nurul@example.com')
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('standard input') })
    const found = await jejak('search', 'NOTHING9999')
    expect([found.code, found.stdout.trim()]).toEqual([0, expect.stringMatching(/^Nothing/)])
  },
  patienceMs,
)

test(
  'a story tells all that is known of a parcel: its courier, checks, notes and what happened',
  async () => {
    const { stdout, code } = await jejak('story', '6321 4323 9945')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^632143239945 +pending/)
    expect(stdout).toContain('Checked 3 times; 0 links for buyers; part of 0 refresh runs.')
    expect(stdout).toMatch(/Note of .* by .*: The box was wet\./)
    expect(await json('story', '632143239945')).toMatchObject({
      parcel: { trackingNumber: '632143239945', courier: 'Pos Laju', orderNumber: '#1001' },
      notes: [{ text: 'The box was wet.' }],
      checks: 3,
    })
  },
  patienceMs,
)

test(
  'a story of a number that is none, or that no parcel has, is refused with a sentence',
  async () => {
    expect(await jejak('story', 'JT0000000099')).toMatchObject({
      ...{ code: 1, stderr: 'No parcel is registered under JT0000000099.\n' },
    })
    expect(await jejak('story', '7.02802E+15')).toMatchObject({ code: 2, stderr: expect.stringContaining('shortened') })
  },
  patienceMs,
)
