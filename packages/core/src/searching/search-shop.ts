import { type Fit, type Found, foldTyped, foundMax } from '@jejak/contract'
import {
  apiKeyPrefix,
  type Db,
  findEntries,
  findKeys,
  findParcels,
  findPeople,
  isConnectionOf,
  type ShopSql,
  type Sql,
} from '@jejak/db'
import type { Permission } from '../access/permissions.ts'
import type { PrivacyKeys } from '../privacy/keys.ts'
import type { FoundJob } from '../queue/find-job.ts'
import { whatWasTyped } from './what-was-typed.ts'

/** `people` sees users and keys; `findJob` a job of any shop. */
type SearchDeps = {
  db: Pick<Db, 'ofShop'>
  people: Sql
  keys: PrivacyKeys
  findJob: (id: string) => Promise<FoundJob | undefined>
}

type Asked = { organizationId: string; typed: string; may: Pick<ReadonlySet<Permission>, 'has'> }
type Looking = SearchDeps & Asked & { shop: ShopSql }

/** How well each way to fit does; of two that fit as well, the one found first. */
const worth: Record<Fit, number> = {
  ...{ number: 100, id: 100, order: 95, request: 95, contact: 90, key: 90, email: 85, object: 85 },
  ...{ number_ends: 80, number_begins: 70, name: 60 },
}

/** All of a shop that fits what someone typed and that they may see, the best first. */
export const searchShop = async (deps: SearchDeps, asked: Asked): Promise<Found[]> => {
  const typed = foldTyped(asked.typed)
  const looking = { ...deps, ...asked, typed, shop: deps.db.ofShop(asked.organizationId).sql }
  const each = await Promise.all(ways.map(([permission, look]) => (asked.may.has(permission) ? look(looking) : [])))
  return each
    .flat()
    .toSorted((one, other) => worth[other.why] - worth[one.why])
    .slice(0, foundMax)
}

const lookForParcels = async ({ shop, keys, typed, may }: Looking): Promise<Found[]> => {
  const search = whatWasTyped(typed, { keys, withContacts: may.has('contacts:find') })
  const parcels = await findParcels(shop, { ...search, limit: foundMax })
  return parcels.map(({ id, trackingNumber, status, courier, orderNumber, isArchived, fit }) => ({
    ...{ kind: 'tracking', id, title: trackingNumber, why: fit, follow: `/v1/trackings/${id}` },
    detail: inALine(status, courier, orderNumber && `order ${orderNumber}`, isArchived && 'archived'),
  }))
}

const lookForPeople = async ({ people, organizationId, typed }: Looking): Promise<Found[]> =>
  (await findPeople(people, { organizationId, typed, limit: foundMax })).map(({ id, name, email, role, isEmail }) => ({
    ...{ kind: 'user', id, title: name, detail: inALine(role, email) },
    ...{ why: isEmail ? 'email' : 'name', follow: '/v1/team' },
  }))

const lookForKeys = async ({ people, organizationId, typed }: Looking): Promise<Found[]> => {
  // Whoever pastes a whole key is shown which one it is.
  const start = typed.startsWith('jejak_') ? apiKeyPrefix(typed) : typed
  const keys = await findKeys(people, { organizationId, typed: start, limit: foundMax })
  return keys.map(({ id, name, prefix, isRevoked, isKey }) => ({
    ...{ kind: 'key', id, title: name, detail: inALine(`${prefix}…`, isRevoked && 'revoked') },
    ...{ why: isKey ? 'key' : 'name', follow: '/v1/keys' },
  }))
}

const lookForEntries = async ({ shop, typed }: Looking): Promise<Found[]> =>
  (await findEntries(shop, { typed, limit: foundMax })).map(({ id, at, act, actor, object, isObject }) => ({
    ...{ kind: 'audit', id, title: isObject ? object! : act, why: isObject ? 'object' : 'request' },
    detail: inALine(isObject && act, actor, at.toISOString()),
    follow: isObject
      ? `/v1/admin/audit?object=${encodeURIComponent(object!)}`
      : `/v1/admin/audit?cursor=${BigInt(id) + 1n}&limit=1`,
  }))

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

const lookForJob = async ({ shop, typed, findJob }: Looking): Promise<Found[]> => {
  const job = uuid.test(typed) ? await findJob(typed.toLowerCase()) : undefined
  if (job?.connectionId === undefined || !(await isConnectionOf(shop, job.connectionId))) return []
  const { id, queue, state } = job
  return [{ kind: 'job', id, title: queue, detail: state, why: 'id', follow: `/v1/admin/jobs/${id}` }]
}

const ways: readonly (readonly [Permission, (looking: Looking) => Promise<Found[]>])[] = [
  ['parcels:read', lookForParcels],
  ['team:read', lookForPeople],
  ['keys:read', lookForKeys],
  ['audit:read', lookForEntries],
  ['checks:read', lookForJob],
]

const inALine = (...parts: (string | false | null)[]): string | null => parts.filter(Boolean).join(' · ') || null
