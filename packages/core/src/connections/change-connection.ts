import type { Environment, UndoRef } from '@jejak/contract'
import {
  type Clock,
  type ConnectionOverview,
  clearDefault,
  countChecked,
  type Db,
  eraseTokens,
  findConnection,
  lockConnection,
  lockShop,
  type ShopTx,
  saidFields,
  saveSaid,
} from '@jejak/db'
import type { Permission } from '../access/permissions.ts'
import type { Actor } from '../actor.ts'
import { type Act, recordAct } from '../audit/index.ts'
import { localDay } from '../checking/schedule/local-time.ts'
import type { CheckingSettings } from '../checking/settings.ts'
import { conflict, Refusal } from '../errors.ts'
import { type Boss, wakeConnection } from '../queue/index.ts'
import { keepUndo } from '../undo/keep-undo.ts'
import { keep } from '../undo/kinds.ts'
import { isNameFree, noSuchConnection } from './save-login.ts'

const holdMaxMs = 366 * 86_400_000

type Deps = { db: Pick<Db, 'ofShop'>; clock: Clock }
type Which = { actor: Actor; organizationId: string; connectionId: string }
type Work = { tx: ShopTx; connection: ConnectionOverview; now: Date }
/** `permission`: who may undo it; null where it cannot be undone. `defaultBefore` had the mark of the default, where that has changed. */
type Done = { act: Act; detail?: string; permission: Permission | null; defaultBefore?: string | null }

/** An account as it has become, and how to undo that. */
export type ConnectionChanged = { connection: ConnectionOverview; undo: UndoRef | null }

/**
 * Changes one account under its lock and the shop's, since a name and the default are of one account only; enters it in the audit log, and answers the account
 * as it is then.
 */
const changing = (
  { db, clock }: Deps,
  { actor, organizationId, connectionId }: Which,
  work: (at: Work) => Promise<Done>,
): Promise<ConnectionChanged> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    await lockShop(tx)
    const connection = await lockConnection(tx, connectionId)
    if (!connection) throw noSuchConnection()
    const now = await clock(tx)
    const { act, detail = '', ...done } = await work({ tx, connection, now })
    await recordAct(tx, { act, detail, actor, organizationId, object: `connection:${connectionId}`, now })
    const after = (await findConnection(tx, connectionId))!
    const undo = await keepSaid(tx, { before: connection, after, act, detail, actor, now, ...done })
    return { connection: after, undo }
  })

type Changed = Omit<Done, 'detail'> & {
  before: ConnectionOverview
  after: ConnectionOverview
  detail: string
  actor: Actor
  now: Date
}

const keepSaid = async (tx: ShopTx, changed: Changed): Promise<UndoRef | null> => {
  const { before, after, permission, defaultBefore, ...doing } = changed
  const [was, is] = [keep(before), keep(after)]
  const fields = saidFields.filter((field) => was[field] !== is[field])
  if (permission === null || fields.length === 0) return null
  const of = (row: typeof was) => Object.fromEntries(fields.map((field) => [field, row[field]]))
  return keepUndo(tx, {
    ...{ ...doing, permission, amount: 1, kind: 'connection' },
    was: { id: before.id, was: of(was), is: of(is), ...(defaultBefore !== undefined && { defaultBefore }) },
  })
}

/** Names an account, corrects its environment, makes it the default of the shop. */
export const changeConnection = (
  deps: Deps,
  { patch, ...which }: Which & { patch: { name?: string; environment?: Environment; isDefault?: true } },
): Promise<ConnectionChanged> =>
  changing(deps, which, async ({ tx, connection }) => {
    const { connectionId } = which
    if (patch.name !== undefined && !(await isNameFree(tx, { name: patch.name, connectionId })))
      throw conflict('Another EasyParcel account of this shop has this name.')
    if (patch.isDefault && connection.disconnectedAt)
      throw conflict('This account is disconnected: connect it again before it becomes the default.')
    const defaultBefore = patch.isDefault ? await clearDefault(tx, connection.api) : undefined
    await saveSaid(tx, { connectionId, ...patch })
    const fields = Object.keys(patch)
    const isOnlyDefault = fields.length === 1 && patch.isDefault
    const act = isOnlyDefault ? 'connection.made_default' : 'connection.changed'
    const permission = 'connections:change'
    return { act, detail: fields.join(', '), permission, ...(defaultBefore !== undefined && { defaultBefore }) }
  })

/** Has an account ask nothing until `until`, or until someone resumes it. What is under way is finished. */
export const holdConnection = (
  deps: Deps,
  { until, reason, ...which }: Which & { until: Date | null; reason: string | null },
): Promise<ConnectionChanged> =>
  changing(deps, which, async ({ tx, connection, now }) => {
    const { connectionId } = which
    if (connection.disconnectedAt)
      throw conflict('This account is disconnected: it asks nothing until someone connects it again.')
    if (until && (until <= now || until.getTime() - now.getTime() > holdMaxMs))
      throw new Refusal('validation', 'until: Write an instant to come, within a year.')
    await saveSaid(tx, { connectionId, heldSince: now, heldUntil: until, heldReason: reason })
    const detail = until ? `until ${until.toISOString()}` : 'until someone resumes it'
    return { act: 'connection.paused', detail, permission: 'connections:change' }
  })

/** Ends a person's pause. What Jejak itself waits for after a failure goes on. */
export const resumeConnection = (deps: Deps & { boss: Boss }, which: Which): Promise<ConnectionChanged> =>
  changing(deps, which, async ({ tx, connection }) => {
    const { connectionId } = which
    if (connection.heldSince === null) throw conflict('No one has paused this account.')
    await saveSaid(tx, { connectionId, heldSince: null, heldUntil: null, heldReason: null })
    await wakeConnection(deps.boss, { connectionId, sql: tx })
    return { act: 'connection.resumed', permission: 'connections:change' }
  })

/** Says how many calls are added to the budget of today. The last word counts; tomorrow has its plan again. */
export const addBudget = (
  deps: Deps & { boss: Boss; settings: Pick<CheckingSettings, 'timezone' | 'dailyBudget'> },
  { extraCalls, ...which }: Which & { extraCalls: number },
): Promise<ConnectionChanged> =>
  changing(deps, which, async ({ tx, now }) => {
    const { connectionId } = which
    const { timezone, dailyBudget } = deps.settings
    if (extraCalls > dailyBudget)
      throw new Refusal('validation', `extraCalls: Add ${dailyBudget} calls at most, as many as the plan of a day.`)
    const extraDay = localDay(now, timezone)
    await saveSaid(tx, { connectionId, extraDay, extraCalls })
    await wakeConnection(deps.boss, { connectionId, sql: tx })
    return { act: 'budget.changed', detail: `${extraCalls} calls more on ${extraDay}`, permission: 'budget:change' }
  })

/**
 * Erases the tokens of an account. Its parcels stay with it and are checked no more until it is connected again, so while there are any `confirm` is asked for.
 * The default passes to the oldest account that is still connected.
 */
export const disconnectConnection = (
  deps: Deps,
  { confirm, ...which }: Which & { confirm: boolean },
): Promise<ConnectionChanged> =>
  changing(deps, which, async ({ tx, connection, now }) => {
    const { connectionId } = which
    if (connection.api === 'classic')
      throw conflict('The classic API has no login to end: remove EASYPARCEL_API_KEY and restart the worker.')
    if (!connection.isAuthorised) throw conflict('This account is not connected.')
    const checked = await countChecked(tx, connectionId)
    if (checked > 0 && !confirm)
      throw conflict(
        `${checked} parcels are checked with this account. They would stay, and be checked no more until it is connected again. Send \`confirm\` with true to go on.`,
      )
    await eraseTokens(tx, { connectionId, now })
    const detail = `parcels that are no longer checked: ${checked}`
    return { act: 'connection.disconnected', detail, permission: null }
  })
