import type { CasesAnswer } from '@jejak/contract'
import { type CaseRow, type Clock, type Db, type ShopTx, saveCases } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { type Act, recordAct } from '../audit/index.ts'
import { Refusal } from '../errors.ts'
import { keep, keepUndo } from '../undo/index.ts'
import { atOnce, leftOver, lockCases, type OpenCase, type WhichCases } from './locked-cases.ts'

type CasesDeps = { db: Pick<Db, 'ofShop'>; clock: Clock }
type Asked = { actor: Actor; organizationId: string; which: WhichCases }
type Change = (one: CaseRow) => CaseRow

const yearMs = 366 * 86_400_000

/** Refuses a time that has passed, or is more than a year ahead. */
export const refuseTime = (until: Date, now: Date): void => {
  if (until <= now) throw new Refusal('validation', 'until: This time has passed.')
  if (until.getTime() - now.getTime() > yearMs) throw new Refusal('validation', 'until: Write a time within a year.')
}

/** Changes what people did about cases that stay open, and keeps how to undo it. */
export const saveChangedCases = async (
  tx: ShopTx,
  {
    open,
    change,
    ...done
  }: { open: readonly OpenCase[]; change: Change; actor: Actor; now: Date; act: Act; detail?: string },
): Promise<CasesAnswer['undo']> => {
  const { actor, now, act, detail } = done
  if (open.length === 0) return null
  const was = open.map(({ attentionCase }) => ({ was: keep(attentionCase), is: keep(change(attentionCase)) }))
  await saveCases(
    tx,
    open.map(({ attentionCase }) => change(attentionCase)),
  )
  await recordAct(tx, { act, actor, now, organizationId: tx.organizationId, ...objectOf(open, detail) })
  return keepUndo(tx, {
    ...{ actor, now, act, permission: 'attention:settle', amount: open.length, kind: 'cases', was },
    ...(detail !== undefined && { detail }),
  })
}

/** What an act on cases was done to, for the audit log. */
export const objectOf = (open: readonly OpenCase[], what = ''): { object?: string; detail: string } => {
  const [first, ...more] = open
  const isOne = first !== undefined && more.length === 0
  const about = isOne ? first.attentionCase.reason : `${open.length} parcels`
  return { ...(isOne && { object: `parcel:${first.parcel.id}` }), detail: what ? `${what}: ${about}` : about }
}

const changeCases = (
  { db, clock }: CasesDeps,
  {
    organizationId,
    which,
    actor,
    act,
    change,
    detail,
    until,
  }: Asked & { act: Act; change: Change; detail?: string; until?: Date | null },
): Promise<CasesAnswer> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    const now = await clock(tx)
    if (until) refuseTime(until, now)
    const { open, notOpen, isComplete } = await lockCases(tx, { which, now, limit: atOnce.simple })
    const undo = await saveChangedCases(tx, { open, change, actor, now, act, ...(detail !== undefined && { detail }) })
    return { done: open.length, left: leftOver({ not_open: notOpen }), isComplete, undo }
  })

/** Silences cases until then, or until there is news; null wakes them. */
export const snoozeCases = (
  deps: CasesDeps,
  { until, ...asked }: Asked & { until: Date | null },
): Promise<CasesAnswer> =>
  changeCases(deps, {
    ...{ ...asked, until, act: 'attention.snoozed', detail: until === null ? 'woken' : 'snoozed' },
    change: (one) => ({
      ...one,
      ...{ snoozedUntil: until, snoozedFor: until && 'later' },
      ...(until === null && { mutedUntil: null, mutedReason: null }),
    }),
  })

/** Says who sees to cases; null: no one. Whoever calls it has made sure that they are of the shop. */
export const assignCases = (
  deps: CasesDeps,
  { userId, ...asked }: Asked & { userId: string | null },
): Promise<CasesAnswer> =>
  changeCases(deps, {
    ...{ ...asked, act: 'attention.assigned', detail: userId === null ? 'no one' : `user:${userId}` },
    change: (one) => ({ ...one, assigneeId: userId }),
  })
