import { lockScheduledParcels, type ShopTx, saveSchedules } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordChanges } from '../changes/index.ts'
import { toParcelWrite, toScheduleChange, toTrackingState } from '../checking/call/parcel-rows.ts'
import { planCheck } from '../checking/schedule/plan-check.ts'
import { priorities } from '../checking/schedule/priority.ts'
import { mapInTurns } from '../in-turns.ts'
import { oldEnd } from '../parcels/index.ts'
import type { OldEnd } from './map-row.ts'
import type { MigratingDeps } from './migrating-deps.ts'

type Ending = { tx: ShopTx; actor: Actor; ends: ReadonlyMap<string, OldEnd>; now: Date }

/**
 * Gives parcels that were just registered the end that the old system tells, so that no call is made for what is over for long. It is kept as an event of
 * source `import`, read like any other scan: one that contradicts it later counts.
 */
export const endParcels = async (
  { settings, calendar, isDemo }: Pick<MigratingDeps, 'settings' | 'calendar' | 'isDemo'>,
  { tx, actor, ends, now }: Ending,
): Promise<void> => {
  if (ends.size === 0) return
  const context = { now, toldAt: now, settings, calendar, isDemo, priority: priorities.scheduled }
  const rows = await lockScheduledParcels(tx, [...ends.keys()])
  const planned = await mapInTurns(rows, (row) => {
    const state = { ...toTrackingState(row), scans: [oldEnd(ends.get(row.id)!)] }
    const answer = { kind: 'read_again', isArchived: false } as const
    return { row, plan: planCheck(state, { answer, context: { ...context, schedule: 'where_it_turns' } }) }
  })
  // The log says that they were registered: whoever tells customers of changes has nothing to tell here.
  const changes = planned.map(({ row, plan }) => ({ parcel: row, write: toParcelWrite(plan, now), entries: [] }))
  await recordChanges(tx, { actor, now, changes })
  const schedules = planned.flatMap(({ row, plan: { schedule } }) =>
    schedule ? [toScheduleChange(row.id, { ...schedule, checkedBy: null })] : [],
  )
  await saveSchedules(tx, { callId: null, changes: schedules })
}
