import { afterAll, beforeAll, expect, test } from 'vitest'
import { readMigrations } from '../../read-migrations.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/index.ts'
import { findApiKey, hashApiKey, saveApiKey } from './api-keys.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const shop = async (slug: string): Promise<string> => {
  const { rows } = await db.pool.query<{ id: string }>(
    `insert into organizations (slug, name) values ($1, '') returning id`,
    [slug],
  )
  return rows[0]!.id
}
const scopesByHash = async () =>
  Object.fromEntries(
    (await db.pool.query('select name, scopes from api_keys')).rows.map((key) => [key.name, key.scopes]),
  )

test('keys that had `admin` stay as able as they were: staff of their shop, and operators where they saw the installation', async () => {
  const { sql } = (await readMigrations()).find(({ name }) => name.endsWith('shop_admin_and_operator'))!
  const [first, other] = [await shop('default'), await shop('kedai-buku')]
  const add = (organizationId: string, name: string, scopes: string[]) =>
    db.pool.query('insert into api_keys (organization_id, name, prefix, hash, scopes) values ($1, $2, $2, $2, $3)', [
      organizationId,
      name,
      scopes,
    ])
  await add(first, 'ours', ['trackings:read', 'admin'])
  await add(first, 'till', ['trackings:read'])
  await add(other, 'theirs', ['admin'])
  await db.pool.query(sql)
  expect(await scopesByHash()).toEqual({
    ours: ['trackings:read', 'admin', 'shop:admin', 'operator'],
    till: ['trackings:read'],
    theirs: ['admin', 'shop:admin'],
  })
})

test('a key that a start stores again keeps the word that the release before goes by', async () => {
  const organizationId = await shop('kopi')
  const key = 'jejak_a_key_that_each_start_stores_again'
  await saveApiKey(db.pool, { key, organizationId, name: 'bootstrap', scopes: ['operator'] })
  expect(await scopesByHash()).toMatchObject({ bootstrap: ['operator'] })
  await db.pool.query(`update api_keys set scopes = '{admin}' where name = 'bootstrap'`)
  for (let start = 0; start < 2; start++)
    await saveApiKey(db.pool, { key, organizationId, name: 'bootstrap', scopes: ['shop:admin', 'operator'] })
  expect(await scopesByHash()).toMatchObject({ bootstrap: ['shop:admin', 'operator', 'admin'] })
})

test('a key that the release before makes while both run, or stores again, may do here what it may do there', async () => {
  const { rows } = await db.pool.query<{ id: string }>(`select id from organizations where slug = 'default'`)
  const scopesOf = async (organizationId: string, scopes: string[]) => {
    const key = `jejak_made_by_the_release_before_${organizationId}_${scopes.join('_')}`
    await saveApiKey(db.pool, { key, organizationId, name: key, scopes: [] })
    await db.pool.query('update api_keys set scopes = $2 where name = $1', [key, scopes])
    return (await findApiKey(db.pool, hashApiKey(key)))?.scopes
  }
  const other = await shop('kedai-roti')
  expect(await scopesOf(rows[0]!.id, ['admin'])).toEqual(['admin', 'shop:admin', 'operator'])
  expect(await scopesOf(other, ['trackings:read', 'admin'])).toEqual(['trackings:read', 'admin', 'shop:admin'])
  expect(await scopesOf(rows[0]!.id, ['admin', 'shop:admin'])).toEqual(['admin', 'shop:admin'])
  expect(await scopesOf(other, ['trackings:read'])).toEqual(['trackings:read'])
})

test('a key that is stored again for less is not read as what it once was', async () => {
  const organizationId = await shop('kedai-teh')
  const key = 'jejak_a_key_that_is_stored_again_for_less'
  await saveApiKey(db.pool, { key, organizationId, name: 'less', scopes: ['shop:admin'] })
  await db.pool.query(`update api_keys set scopes = '{admin,shop:admin}' where name = 'less'`)
  await saveApiKey(db.pool, { key, organizationId, name: 'less', scopes: ['trackings:read'] })
  expect((await findApiKey(db.pool, hashApiKey(key)))?.scopes).toEqual(['trackings:read'])
})
