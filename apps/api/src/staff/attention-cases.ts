import type { CasesPage, casesQuery, Substatus, TrackingStatus } from '@jejak/contract'
import { requireAttentionReason } from '@jejak/core/attention'
import { type CaseOfParcel, type CasePlace, listCases, listMembers } from '@jejak/db'
import type { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { invalid } from '../http/http-problem.ts'
import type { Caller } from '../http/routes.ts'

/** The members of a shop by id, each with the name that they chose, or else their e-mail address. */
export const findMemberNames = async (
  { promptDb }: Pick<RouteDeps, 'promptDb'>,
  organizationId: string,
): Promise<ReadonlyMap<string, string>> =>
  new Map((await listMembers(promptDb.sql, organizationId)).map(({ id, name, email }) => [id, name || email]))

const toCursor = ({ openedAt, trackingId }: CasePlace): string =>
  Buffer.from(`${openedAt.getTime()}.${trackingId}`).toString('base64url')

const readCursor = (cursor: string): CasePlace => {
  const [, openedAtMs, trackingId] =
    /^(\d{1,15})\.(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  if (!trackingId) throw invalid('cursor: Send nextCursor back as it came, with the same filters.')
  return { openedAt: new Date(Number(openedAtMs)), trackingId }
}

const assigneeOf = (assignee: string | undefined, { actor }: Caller): string | null => {
  if (assignee !== 'me') return assignee ?? null
  if (actor.kind !== 'user') throw invalid('assignee: Only users have cases; name one by id.')
  return actor.id
}

type Asked = { caller: Caller; query: z.infer<typeof casesQuery> }

/** A page of the open cases of a shop. */
export const listCasesPage = async (
  deps: Pick<RouteDeps, 'db' | 'promptDb' | 'now'>,
  { caller, query }: Asked,
): Promise<CasesPage> => {
  const { organizationId } = caller
  if (query.reason !== undefined) requireAttentionReason(query.reason)
  const names = await findMemberNames(deps, organizationId)
  const rows = await listCases(deps.db.ofShop(organizationId).sql, {
    reason: query.reason ?? null,
    assignee: assigneeOf(query.assignee, caller),
    members: [...names.keys()],
    isSilent: query.snoozed,
    now: deps.now(),
    after: query.cursor === undefined ? null : readCursor(query.cursor),
    limit: query.limit + 1,
  })
  const page = rows.slice(0, query.limit)
  return {
    data: page.map((row) => toCase(row, { names, now: deps.now() })),
    nextCursor: rows.length > query.limit ? toCursor(page.at(-1)!) : null,
  }
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null
const future = (at: Date | null, now: Date): string | null => (at !== null && at > now ? at.toISOString() : null)

const toCase = (
  row: CaseOfParcel,
  { names, now }: { names: ReadonlyMap<string, string>; now: Date },
): CasesPage['data'][number] => {
  const { trackingId: id, assigneeId, note, snoozedFor } = row
  const { trackingNumber, courier, orderNumber, reason } = row
  const name = assigneeId === null ? undefined : names.get(assigneeId)
  const snoozedUntil = future(row.snoozedUntil, now)
  return {
    ...{ id, trackingNumber, courier, orderNumber, reason },
    status: row.status as TrackingStatus,
    substatus: row.substatus as Substatus | null,
    changedAt: row.changedAt.toISOString(),
    openedAt: row.openedAt.toISOString(),
    assignee: assigneeId !== null && name !== undefined ? { id: assigneeId, name } : null,
    snoozedUntil: iso(row.snoozedUntil),
    snoozedFor:
      snoozedUntil === null && snoozedFor !== 'tell_customer' ? null : (snoozedFor as 'later' | 'tell_customer' | null),
    mutedUntil: row.mutedReason === reason ? future(row.mutedUntil, now) : null,
    note: note && { text: note.text, by: note.author, at: new Date(note.at).toISOString() },
  }
}
