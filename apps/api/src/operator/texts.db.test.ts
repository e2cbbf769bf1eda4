import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

let world: ApiWorld
let operator: { authorization: string }
beforeAll(async () => {
  world = await createApiWorld()
  operator = withKey(await world.addKey(world.shop.organizationId, ['operator']))
  await world.query(
    `insert into unread_values (connection_id, organization_id, kind, value, times, first_seen_at, last_seen_at)
     select id, organization_id, 'text', 'kad … kabinet', 7, now(), now() from connections where id = $1`,
    [world.shop.connectionId],
  )
})
afterAll(() => world.close())

const ask = (
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  payload?: object,
  headers: Record<string, string> = operator,
) => world.app.inject({ method, url, headers, ...(payload && { payload }) })
const list = async () => (await ask('GET', '/v1/operator/texts')).json()
const meant = { text: 'kad … kabinet', status: 'in_transit', substatus: 'arrived' }

test('an operator sees what no one could read, tries a meaning, gives it, and takes it back', async () => {
  expect(await list()).toMatchObject({ unread: [{ text: 'kad … kabinet', times: 7, shops: 1 }], own: [] })
  const tried = await ask('POST', '/v1/operator/texts', { ...meant, dryRun: true })
  expect(tried.json()).toMatchObject({ text: null, preview: { text: 'kad … kabinet', scans: 0, parcels: 0 } })
  expect((await list()).own).toEqual([])

  const { text } = (await ask('POST', '/v1/operator/texts', meant)).json()
  expect(text).toMatchObject({ ...meant, setBy: expect.stringMatching(/^key:\d+$/) })
  expect(await list()).toMatchObject({ unread: [], own: [{ id: text.id }] })
  expect((await ask('DELETE', `/v1/operator/texts/${text.id}`)).statusCode).toBe(204)
  expect((await ask('DELETE', `/v1/operator/texts/${text.id}`)).statusCode).toBe(404)
  expect((await list()).unread).toHaveLength(1)
})

test('what a text cannot mean is refused in plain words', async () => {
  const refused = await ask('POST', '/v1/operator/texts', { ...meant, status: 'delivered', substatus: null })
  expect(refused.json()).toMatchObject({ status: 400, detail: expect.stringContaining('something may deny it') })
  expect((await ask('POST', '/v1/operator/texts', { ...meant, status: 'flying' })).statusCode).toBe(400)
  expect((await ask('POST', '/v1/operator/texts', { ...meant, text: 'a\u0000b' })).json()).toMatchObject({
    errors: [{ path: 'text', message: 'Write it without control characters.' }],
  })
})

test('a shop may not say what texts mean for all', async () => {
  const headers = withKey(await world.addKey(world.shop.organizationId, ['shop:admin', 'trackings:write']))
  expect((await ask('POST', '/v1/operator/texts', meant, headers)).statusCode).toBe(403)
  expect((await ask('GET', '/v1/operator/texts', undefined, headers)).statusCode).toBe(403)
})
