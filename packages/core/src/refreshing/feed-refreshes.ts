import {
  type Clock,
  type Db,
  endRuns,
  findGate,
  findOthersWaiting,
  findRefreshingShop,
  lockOpenRuns,
  type RefreshRunRow,
  type Tx,
} from '@jejak/db'
import { toConnectionState } from '../checking/gate/connection-state.ts'
import { refreshPortion } from '../checking/schedule/refresh-portion.ts'
import type { CheckingSettings } from '../checking/settings.ts'
import type { SettingsOf } from '../settings/settings-in-force.ts'
import { askForNext, seeToAsked } from './see-to-run.ts'

type FeedingDeps = { db: Pick<Db, 'sql' | 'transaction'>; clock: Clock; settingsOf: SettingsOf }

/**
 * Makes the next parcels of the shop's refresh runs due on a connection, as many as its next call may take, and sees to those that the check flow
 * cannot: removed, ended, to leave the queue. Tells whether a run is under way. Whatever was cut off before, this continues from the rows.
 */
export const feedRefreshes = async (
  { db, clock, settingsOf }: FeedingDeps,
  connectionId: string,
): Promise<{ isRefreshing: boolean }> => {
  const shop = await findRefreshingShop(db.sql, connectionId)
  if (!shop) return { isRefreshing: false }
  await db.transaction(async (tx) => {
    const runs = await lockOpenRuns(tx, shop.organizationId)
    if (runs.length === 0) return
    const now = await clock(tx)
    let asked = 0
    for (const run of runs) asked += await seeToAsked(tx, { run, connectionId, now })
    const settings = settingsOf(shop.organizationId)
    const running = runs.filter(({ state }) => state === 'running')
    if (running.length > 0) await shareOut(tx, { running, connectionId, now, settings, asked })
    await endRuns(tx, { organizationId: shop.organizationId, runIds: runs.map(({ id }) => id), now })
  })
  return { isRefreshing: true }
}

type Sharing = {
  running: readonly RefreshRunRow[]
  connectionId: string
  now: Date
  settings: CheckingSettings
  asked: number
}

/** Runs have equal parts of what may become due; what one cannot use is the next one's. Those asked for and not answered are never more than calls can carry. */
const shareOut = async (tx: Tx, { running, connectionId, now, settings, asked }: Sharing): Promise<void> => {
  const gate = await findGate(tx, connectionId)
  if (!gate) return
  const beside = await findOthersWaiting(tx, { connectionId, now, most: settings.batchSize })
  const portion = refreshPortion(toConnectionState(gate), { beside, choosing: { now, settings } })
  let left = Math.min(portion, settings.batchSize * (settings.concurrencyMax + 1) - asked)
  for (const [place, run] of running.entries()) {
    if (left <= 0) return
    left -= await askForNext(tx, { run, connectionId, now, most: Math.ceil(left / (running.length - place)) })
  }
}
