import type { CallList, callListQuery } from '@jejak/contract'
import { type CallPlace, type CallsAsked, listCalls, type ShopSql } from '@jejak/db'
import type { z } from 'zod'
import { toCallView } from '../checking/gate/call-view.ts'
import { csvInPages, csvPageRows } from '../csv.ts'
import { readPlace, writePlace } from './place.ts'

type Query = Omit<z.output<typeof callListQuery>, 'format'>
type Asked = { asked: Query; now: Date }

// So far back failures are looked for: a shop that has none would have all of its calls read.
const failuresWithinMs = 7 * 86_400_000

const narrowed = ({ asked: { failed = false, since, until }, now }: Asked): Omit<CallsAsked, 'limit'> => {
  const usual = failed ? new Date(now.getTime() - failuresWithinMs) : null
  return {
    isFailed: failed,
    since: since === undefined ? usual : new Date(since),
    until: until === undefined ? null : new Date(until),
  }
}

/** A page of a shop's calls, newest first. */
export const listCallsPage = async (shop: ShopSql, { asked, now }: Asked): Promise<CallList> => {
  const after: CallPlace | null = asked.cursor === undefined ? null : readPlace(asked.cursor, 'calls')
  const rows = await listCalls(shop, { ...narrowed({ asked, now }), after, limit: asked.limit + 1 })
  const page = rows.slice(0, asked.limit)
  const last = rows.length > asked.limit ? page.at(-1) : undefined
  return {
    data: page.map(({ sortedAt, ...row }) => toCallView(row)),
    nextCursor: last ? writePlace({ at: last.sortedAt, id: last.id }, 'calls') : null,
  }
}

const columns = [
  ...(['id', 'at', 'day', 'connectionId', 'kind', 'batch', 'outcome', 'found', 'changed'] as const),
  ...(['ms', 'httpStatus', 'requestId', 'error'] as const),
] as const

/** All of them as CSV. */
export const callFile = (shop: ShopSql, asked: Asked): AsyncGenerator<string> =>
  csvInPages(columns, async (last: { sortedAt: string; id: string } | undefined) => {
    const after = last === undefined ? null : { at: last.sortedAt, id: last.id }
    const rows = await listCalls(shop, { ...narrowed(asked), after, limit: csvPageRows })
    return rows.map(({ sortedAt, ...row }) => ({ ...toCallView(row), sortedAt }))
  })
