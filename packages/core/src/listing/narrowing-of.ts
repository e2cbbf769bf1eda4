import { foldOrderNumber, isTerminal, type TrackingFilter, type TrackingSort, trackingStatuses } from '@jejak/contract'
import { listCouriers, type Narrowing, type ShopSql } from '@jejak/db'
import { requireAttentionReason } from '../attention/reasons.ts'
import { Refusal } from '../errors.ts'

/** Whom `assignee` can mean: the user who asks, and the members of the shop. */
export type People = { me: string | null; members: () => Promise<readonly string[]> }

/** For whoever asks without knowing the users of the shop: one is named by id. */
export const noPeople: People = {
  me: null,
  members: () => Promise.reject(new Refusal('validation', 'assignee: Name a user by id.')),
}

const dateOf = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text))

/** The parcels that a filter means. */
export const narrowingOf = async (
  shop: ShopSql,
  { filter, people }: { filter: TrackingFilter; people: People },
): Promise<Narrowing> =>
  withoutAbsent({
    trackingNumbers: filter.trackingNumber,
    orderFolded: filter.orderNumber === undefined ? undefined : foldOrderNumber(filter.orderNumber),
    statuses: filter.status ?? (filter.ended === false ? livingStatuses : undefined),
    couriers: filter.courier === undefined ? undefined : await spellingsOf(shop, filter.courier),
    connectionId: filter.connection,
    ...attentionOf(filter.attention),
    assignee: filter.assignee === undefined ? undefined : await assigneeOf(filter.assignee, people),
    isEnded: filter.ended,
    registeredAfter: dateOf(filter.registeredAfter),
    registeredBefore: dateOf(filter.registeredBefore),
    changedAfter: dateOf(filter.changedAfter),
    changedBefore: dateOf(filter.changedBefore),
    notCheckedSince: dateOf(filter.notCheckedSince),
  })

// A range of an index for each, where all parcels of the shop would be walked; one of them may have ended by what the shop stated.
const livingStatuses = trackingStatuses.filter((status) => !isTerminal(status))

const withoutAbsent = (found: { [Name in keyof Narrowing]: Narrowing[Name] | undefined }): Narrowing =>
  Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))

/** A filter as lists read it: who asks what was not checked for long means parcels that are still checked. */
export const asListed = (filter: TrackingFilter): TrackingFilter =>
  filter.notCheckedSince !== undefined && filter.status === undefined && filter.ended === undefined
    ? { ...filter, ended: false }
    : filter

/** The order of a list that names none: a change feed, or the newest of what its range is about. */
export const usualSort = ({ changedAfter, registeredAfter, registeredBefore }: TrackingFilter): TrackingSort => {
  if (changedAfter !== undefined) return 'changed'
  return registeredAfter === undefined && registeredBefore === undefined ? '-changed' : '-registered'
}

const spellingsOf = async (shop: ShopSql, courier: string): Promise<string[]> => {
  const asked = courier.toLowerCase()
  return (await listCouriers(shop)).filter((spelling) => spelling.toLowerCase() === asked)
}

const attentionOf = (attention: TrackingFilter['attention']) => {
  if (typeof attention !== 'string') return { requiresAttention: attention }
  requireAttentionReason(attention, 'attention')
  return { attentionReason: attention }
}

const assigneeOf = async (assignee: string, { me, members }: People): Promise<NonNullable<Narrowing['assignee']>> => {
  if (assignee === 'none') return { noneOf: await members() }
  if (assignee !== 'me') return { oneOf: [assignee] }
  if (me === null) throw new Refusal('validation', 'assignee: Only users have cases; name one by id.')
  return { oneOf: [me] }
}
