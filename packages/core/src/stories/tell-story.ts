import type { ParcelStory, StoryPage } from '@jejak/contract'
import {
  type Db,
  findStoryFigures,
  listCallsOfParcel,
  listNotes,
  listRunsOfParcel,
  listStory,
  type ShopSql,
  type StoryPlace,
} from '@jejak/db'
import type { Permission } from '../access/permissions.ts'
import { toCallView } from '../checking/gate/call-view.ts'

type Reader = { db: Pick<Db, 'ofShop'> }
type Asked = { organizationId: string; trackingId: string; may: Pick<ReadonlySet<Permission>, 'has'> }

// A parcel on its way is asked about several times a day; going through all calls of a shop would take longer than anyone waits. Of those before, its last
// check and the failed ones are told.
const callsWithinMs = 3 * 86_400_000
const callsMax = 20
const runsMax = 20

const toCursor = ({ at, source, id }: StoryPlace): string =>
  Buffer.from(`${at.getTime()}.${source}.${id}`).toString('base64url')

const readCursor = (cursor: string): StoryPlace | undefined => {
  const [, ms, source, id] =
    /^(\d{1,15})\.(change|act)\.(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  return id === undefined ? undefined : { at: new Date(Number(ms)), source: source as StoryPlace['source'], id }
}

/** A page of what happened to a parcel, newest first; undefined for a cursor that is none. */
export const listHistory = async (
  { db }: Reader,
  { organizationId, trackingId, may, cursor, limit }: Asked & { cursor?: string | undefined; limit: number },
): Promise<StoryPage | undefined> => {
  const before = cursor === undefined ? null : readCursor(cursor)
  if (before === undefined) return undefined
  const shop = db.ofShop(organizationId).sql
  const found = await listStory(shop, { trackingId, before, withActs: may.has('audit:read'), limit: limit + 1 })
  const page = found.slice(0, limit)
  return {
    data: page.map(({ at, ...entry }) => ({ ...entry, at: at.toISOString() })),
    nextCursor: found.length > limit ? toCursor(page.at(-1)!) : null,
  }
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

const callsOf = async (shop: ShopSql, { trackingId, now }: { trackingId: string; now: Date }) => {
  const since = new Date(now.getTime() - callsWithinMs)
  return (await listCallsOfParcel(shop, { trackingId, since, limit: callsMax })).map(toCallView)
}

const runsOf = async (shop: ShopSql, trackingId: string) =>
  (await listRunsOfParcel(shop, { trackingId, limit: runsMax })).map(({ askedAt, settledAt, ...run }) => ({
    ...{ ...run, askedAt: iso(askedAt), settledAt: iso(settledAt), follow: `/v1/admin/refreshes/${run.runId}` },
  }))

/** All that is known of a parcel beside the parcel itself, as far as its reader may see it. */
export const tellStory = async (
  deps: Reader,
  { now, limit, ...asked }: Asked & { now: Date; limit: number },
): Promise<Omit<ParcelStory, 'parcel'>> => {
  const { trackingId, may } = asked
  const shop = deps.db.ofShop(asked.organizationId).sql
  const [figures, calls, notes, refreshes, history] = await Promise.all([
    findStoryFigures(shop, trackingId),
    may.has('usage:read') ? callsOf(shop, { trackingId, now }) : null,
    listNotes(shop, [trackingId]),
    may.has('checks:read') ? runsOf(shop, trackingId) : null,
    listHistory(deps, { ...asked, limit }),
  ])
  return {
    ...{ checks: figures!.checks, calls, refreshes, history: history! },
    notes: notes.map(({ id, at, author: by, text }) => ({ id, at: at.toISOString(), by, text })),
    links: may.has('audit:read') ? { made: figures!.links, lastAt: iso(figures!.lastLinkAt) } : null,
  }
}
