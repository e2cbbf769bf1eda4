import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { overAllShops } from '../testing/over-all-shops.ts'

const shopTables = [
  ...[
    'tracking_cache',
    'tracking_orders',
    'tracking_schedule',
    'tracking_update_logs',
    'connections',
    'connection_logins',
  ],
  ...['tracking_counts', 'tracking_count_changes', 'shop_settings'],
  ...['migration_runs', 'migration_batches'],
  ...[
    'api_calls',
    'call_parcels',
    'read_hours',
    'freshness_counts',
    'courier_days',
    'unread_values',
    'daily_reports',
    'job_failures',
    'security_log',
    'api_keys',
    'audit_log',
    'kept_answers',
  ],
  ...['refresh_runs', 'refresh_run_parcels'],
  ...['bookings', 'account_syncs'],
  ...['attention_cases', 'parcel_notes', 'undos', 'saved_views'],
  ...['counted_parcels', 'parcel_weeks', 'read_days'],
].join('|')
const names = new RegExp(`\\b(?:from|join|into|update|using|truncate)\\s+(?:only\\s+)?(?:${shopTables})\\b`)
const readsOneShop = /\borganization_id = \$1\b/
const writesItsShop = new RegExp(
  `insert into (?:${shopTables})(?: as \\w+)? \\([^)]*\\borganization_id\\b[^)]*\\)\\s+(?:overriding system value\\s+)?(?:values|select)\\s`,
)

const root = join(import.meta.dirname, '../../../..')
// Every model but those of the installation, as Prisma's client names it.
const models = [...readFileSync(join(root, 'packages/db/prisma/schema.prisma'), 'utf8').matchAll(/^model (\w)(\w+)/gm)]
  .map(([, first = '', rest = '']) => first.toLowerCase() + rest)
  .filter((model) => !['installation', 'lookupLock', 'processMinute', 'routeHour', 'systemDay'].includes(model))
const asksPrisma = new RegExp(
  `\\.(?:${models.join('|')})\\s*\\.(?:find|create|update|upsert|delete|count|aggregate|groupBy)\\w*\\(|\\$(?:query|execute)Raw`,
)
const prismaOfOneShop = /\bwhere(?::| =) \{[^}]*\borganizationId\b/

/** Whether all that a declaration asks for is of one shop. */
const isOfOneShop = (text: string): boolean =>
  (!names.test(text) || readsOneShop.test(text) || writesItsShop.test(text)) &&
  (!asksPrisma.test(text) || prismaOfOneShop.test(text))

type Statement = { name: string; text: string }

/** The declarations of a file that name a shop's table in SQL or ask Prisma for it, with the text of each. */
const statementsIn = (source: string): Statement[] =>
  source
    .split(/^(?=(?:export )?(?:const|type|function) )/m)
    .map((text) => ({
      name: text.match(/^(?:export )?const (\w+)/)?.[1] ?? '',
      text: text.replaceAll(/^\s*(?:\*|\/\/|\/\*).*$/gm, ''),
    }))
    .filter(({ name, text }) => name !== '' && (names.test(text) || asksPrisma.test(text)))

const sources = (pattern: string) =>
  globSync(pattern, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/\.test\.ts$|\/testing\/|\/generated\/|node_modules/.test(path))
const statements = sources('packages/db/src/queries/**/*.ts').flatMap((path) =>
  statementsIn(readFileSync(join(root, path), 'utf8')).map((statement) => ({ ...statement, file: basename(path) })),
)
const listed = new Set<string>(Object.values(overAllShops).flat())

test.each(statements)(
  '$name in $file asks about one shop, or stands on the list of those over all shops',
  ({ name, text }) => {
    expect(listed.has(name) || isOfOneShop(text)).toBe(true)
  },
)

test('the list names only statements that are there and need it', () => {
  const needing = statements.filter(({ text }) => !isOfOneShop(text))
  expect([...listed].toSorted()).toEqual([...new Set(needing.map(({ name }) => name))].toSorted())
})

test('no statement about a shop’s table is written anywhere else', () => {
  const isSql = /[`'"]\s*(?:select|with|insert|update|delete|truncate)\b/
  const elsewhere = sources('{apps,packages}/*/src/**/*.ts').filter(
    (path) => !path.startsWith('packages/db/src/queries/'),
  )
  const found = elsewhere.filter((path) => {
    const source = readFileSync(join(root, path), 'utf8')
    return asksPrisma.test(source) || statementsIn(source).some(({ text }) => isSql.test(text))
  })
  expect(found).toEqual([])
})

test.each([
  ['a read of one shop', 'const found = `select id from tracking_cache where organization_id = $1`', true],
  ['a read of all', 'const found = `select id from tracking_cache`', false],
  ['a row that names its shop', 'const saved = `insert into api_calls (id, organization_id) values ($1, $2)`', true],
  ['a row that names none', 'const saved = `insert into api_calls (id) values ($1)`', false],
  ['Prisma asked for one shop', 'const found = prisma.apiKey.findMany({ where: { organizationId } })', true],
  ['Prisma asked for all', 'const found = prisma.apiKey.findMany({ where: { revokedAt: null } })', false],
  [
    'Prisma asked for the shop',
    'const found = prisma.organization.update({ where: { id: BigInt(organizationId) } })',
    true,
  ],
  ['Prisma asked for any shop', 'const found = prisma.organization.findFirst({ where: { slug } })', false],
  ['SQL through Prisma', 'const found = prisma.$queryRaw`select 1`', false],
])('%s is told from its opposite', (_, source, isFenced) => {
  const [{ text } = { text: '' }] = statementsIn(source)
  expect(isOfOneShop(text)).toBe(isFenced)
})
