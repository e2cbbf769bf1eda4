import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startJejak } from './testing/run-jejak.ts'

// Each command is a process of its own, and a dozen of them take long on a busy machine.
const patienceMs = 300_000

let database: TestDatabase
const jejak = (args: readonly string[], input = '') => {
  const env = {
    DATABASE_URL: database.url,
    DATA_DIR: '/nowhere',
    SECRET_KEY: 'a secret that only tests know, 32 bytes',
  }
  const running = startJejak(args, env)
  running.pipe(input)
  return running.ended
}

beforeAll(async () => {
  database = await createTestDatabase()
  expect(await jejak(['migrate'])).toMatchObject({ code: 0 })
})
afterAll(() => database.drop())

test(
  'a customer is counted, told and erased in all shops; the contact comes from standard input and is never repeated',
  async () => {
    await jejak(['import', '-'], 'awb,order_number,email\nJT0000000012,2002,aisyah@example.com\n')
    const ask = async (...args: string[]) => {
      const ran = await jejak(args, 'Aisyah@Example.com\n')
      expect((ran.stdout + ran.stderr).toLowerCase()).not.toContain('aisyah')
      return ran
    }
    expect(await ask('export')).toMatchObject({ code: 0, stdout: expect.stringMatching(/default +1 +1 +0 +1 +0/) })
    expect(JSON.parse((await ask('export', '--apply')).stdout)).toMatchObject([
      { shop: 'default', parcels: [{ trackingNumber: 'JT0000000012', orders: [{ orderNumber: '2002' }] }] },
    ])
    expect(await ask('erase', '--shop', 'nowhere')).toMatchObject({ code: 1 })
    expect(await ask('erase')).toMatchObject({ code: 0, stderr: expect.stringContaining('Nothing is erased yet') })
    expect(await ask('erase', '--apply')).toMatchObject({ code: 0, stderr: expect.stringContaining('Erased.') })
    expect((await ask('export')).stdout).toMatch(/default +0 +0 +0 +0 +0/)
    expect(await jejak(['erase'])).toMatchObject({ code: 2, stderr: expect.stringContaining('standard input') })
  },
  patienceMs,
)

test(
  'a shop is erased only when its name is repeated, a week later, and that can be called off',
  async () => {
    const shopErased = await jejak(['erase:shop', 'default'])
    expect(shopErased).toMatchObject({ code: 0, stderr: expect.stringContaining('Nothing is planned') })
    expect(await jejak(['erase:shop', 'default', '--confirm', 'defalt'])).toMatchObject({ code: 2 })
    expect(await jejak(['erase:shop', 'default', '--confirm', 'default'])).toMatchObject({
      ...{ code: 0, stderr: expect.stringContaining('--cancel calls it off') },
    })
    expect(await jejak(['erase:shop', 'default', '--cancel'])).toMatchObject({
      code: 0,
      stdout: 'Called off: the shop stays.\n',
    })
  },
  patienceMs,
)
