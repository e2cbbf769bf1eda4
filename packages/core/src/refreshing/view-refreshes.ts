import type { RefreshRun } from '@jejak/contract'
import {
  countRunParcels,
  findGate,
  findRun,
  listRuns,
  type RefreshRunRow,
  type RunCount,
  type ShopSql,
} from '@jejak/db'
import { toConnectionState } from '../checking/gate/connection-state.ts'
import { manualWait } from '../checking/schedule/manual-wait.ts'
import { type Estimating, estimateEnd } from './estimate-end.ts'
import { nothingLeftOut } from './left-out.ts'
import type { RefreshingDeps } from './refreshing-deps.ts'
import { noSuchRun } from './steer-refresh.ts'

type ViewDeps = Pick<RefreshingDeps, 'db' | 'clock' | 'settingsOf'>

/** A run as it stands now. */
export const getRefresh = async (
  deps: ViewDeps,
  { organizationId, runId }: { organizationId: string; runId: string },
): Promise<RefreshRun> => {
  const shop = deps.db.ofShop(organizationId).sql
  const run = await findRun(shop, runId)
  if (!run) throw noSuchRun()
  const [view] = await viewsOf(deps, shop, [run])
  return view!
}

/** A page of a shop's runs, the newest first. */
export const listRefreshes = async (
  deps: ViewDeps,
  { organizationId, cursor, limit }: { organizationId: string; cursor: string | null; limit: number },
): Promise<{ data: RefreshRun[]; nextCursor: string | null }> => {
  const shop = deps.db.ofShop(organizationId).sql
  const found = await listRuns(shop, { beforeId: cursor, limit: limit + 1 })
  const page = found.slice(0, limit)
  return {
    data: await viewsOf(deps, shop, page),
    nextCursor: found.length > limit ? page.at(-1)!.id : null,
  }
}

/** Only what is under way is counted: the others keep their results. */
const viewsOf = async (
  { clock, settingsOf }: ViewDeps,
  shop: ShopSql,
  runs: readonly RefreshRunRow[],
): Promise<RefreshRun[]> => {
  const open = runs.filter(({ endedAt }) => endedAt === null).map(({ id }) => id)
  const counts = open.length > 0 ? await countRunParcels(shop, open) : []
  const at = { now: await clock(shop), settings: settingsOf(shop.organizationId) }
  return Promise.all(
    runs.map((run) => viewOf(shop, { run, counts: counts.filter(({ runId }) => runId === run.id) }, at)),
  )
}

const nothing = { waiting: 0, asked: 0, changed: 0, unchanged: 0, not_found: 0, failed: 0, skipped: 0, cancelled: 0 }

const progressOf = ({ results }: RefreshRunRow, counts: readonly RunCount[]): RefreshRun['progress'] => {
  const total: typeof nothing = { ...nothing, ...results }
  for (const { state, amount } of counts) total[state] += amount
  const { not_found: notFound, ...others } = total
  return { ...others, notFound }
}

type Counted = { run: RefreshRunRow; counts: readonly RunCount[] }

const viewOf = async (shop: ShopSql, { run, counts }: Counted, at: Estimating): Promise<RefreshRun> => {
  const progress = progressOf(run, counts)
  const left = progress.waiting + progress.asked
  const standing = run.state === 'running' && left > 0 ? await standingOf(shop, counts, at) : []
  const ends = standing.map(({ end }) => end)
  return {
    id: run.id,
    // The last answer is there; that the run is over is written a moment later.
    state: run.state === 'running' && left === 0 ? 'done' : run.state,
    askedBy: run.askedBy,
    chosen: run.chosen,
    asOf: run.asOf.toISOString(),
    withEnded: run.withEnded,
    parcels: run.parcels,
    leftOut: { ...nothingLeftOut, ...run.leftOut },
    progress,
    startedAt: run.startedAt.toISOString(),
    endedAt: run.endedAt?.toISOString() ?? null,
    estimatedEnd:
      ends.length === 0 || ends.includes(null) ? null : new Date(Math.max(...ends.map(Number))).toISOString(),
    waits: standing.flatMap(({ connectionId, wait }) =>
      wait ? [{ connectionId, wait: { reason: wait.reason, until: wait.until?.toISOString() ?? null } }] : [],
    ),
  }
}

/** How each account of a run stands that has parcels left. */
const standingOf = async (shop: ShopSql, counts: readonly RunCount[], at: Estimating) => {
  const left = new Map<string, number>()
  for (const { connectionId, state, amount } of counts)
    if (state === 'waiting' || state === 'asked') left.set(connectionId, (left.get(connectionId) ?? 0) + amount)
  const standing = await Promise.all(
    [...left].map(async ([connectionId, parcels]) => {
      const gate = await findGate(shop, connectionId)
      if (!gate) return []
      const end = estimateEnd(parcels, { used: toConnectionState(gate), at })
      return [{ connectionId, wait: manualWait(gate, at), end }]
    }),
  )
  return standing.flat()
}
