import { countChosen, countRunParcels, insertRun, insertRunParcels, lockShopForRun, saveRunSize } from '@jejak/db'
import { type Actor, actorName } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { conflict } from '../errors.ts'
import { noPeople } from '../listing/narrowing-of.ts'
import { wakeConnection } from '../queue/index.ts'
import { choiceOf, describeChoice } from './choice-of.ts'
import { findLeftOut, tellLeftOut } from './left-out.ts'
import type { AskedRefresh, RefreshingDeps } from './refreshing-deps.ts'

/**
 * Starts a run over the parcels that are meant now and are free, and tells its id. It only writes which; workers ask for them, portion by portion,
 * and continue from the rows whatever is cut off.
 */
export const startRefresh = (
  { db, boss, clock, settingsOf }: RefreshingDeps,
  { actor, organizationId, asked, people = noPeople }: AskedRefresh & { actor: Actor },
): Promise<string> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    const open = await lockShopForRun(tx)
    const { refreshRunsMax, refreshParcelsMax } = settingsOf(organizationId)
    if (open >= refreshRunsMax)
      throw conflict(
        `${open} runs are under way, and a shop has at most ${refreshRunsMax}: wait for one, or cancel one.`,
      )
    const now = await clock(tx)
    const choice = { ...(await choiceOf(tx, { asked, people, now })), now }
    const leftOut = await findLeftOut(tx, { counts: await countChosen(tx, choice), asked })
    const { asOf, withEnded } = choice
    const chosen = describeChoice(asked)
    const runId = await insertRun(tx, { askedBy: actorName(actor), chosen, asOf, withEnded, leftOut, now })
    const parcels = await insertRunParcels(tx, { ...choice, runId, limit: refreshParcelsMax })
    if (parcels === 0) throw conflict(`There is nothing to refresh: ${tellLeftOut(leftOut) || 'no parcel matches'}.`)
    if (parcels > refreshParcelsMax)
      throw conflict(`More than ${refreshParcelsMax} parcels match, which is the most for one run: narrow the filter.`)
    await saveRunSize(tx, { runId, parcels })
    const connections = new Set((await countRunParcels(tx, [runId])).map(({ connectionId }) => connectionId))
    for (const connectionId of connections) await wakeConnection(boss, { connectionId, sql: tx })
    const object = `refresh:${runId}`
    await recordAct(tx, { act: 'refresh.started', actor, organizationId, object, detail: `parcels ${parcels}`, now })
    return runId
  })
