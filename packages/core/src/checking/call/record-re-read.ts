import { findReading, listToReRead, type ReReadRow, saveReading, saveSchedules, type Tx } from '@jejak/db'
import { attentionEntries, type ParcelChange, recordChanges } from '../../changes/index.ts'
import { mapInTurns } from '../../in-turns.ts'
import { calendarOf } from '../schedule/calendar.ts'
import { type CheckPlan, planCheck } from '../schedule/plan-check.ts'
import { priorities } from '../schedule/priority.ts'
import type { CheckDeps } from './check-deps.ts'
import { toParcelWrite, toScheduleChange, toTrackingState } from './parcel-rows.ts'
import { readingVersion } from './reading-version.ts'

/** `onRead` is told the id of the last parcel that was read, for who shows progress. */
export type ReReadDeps = Pick<CheckDeps, 'db' | 'actor' | 'clock' | 'settingsOf' | 'isDemo'> & {
  onRead?: (id: number) => void
}

/** What reading the stored scans again changes, or would change. `moves` counts parcels by their change of status: `delivered → in_transit`. */
export type ReReadReport = {
  parcels: number
  documents: number
  statuses: number
  moves: Record<string, number>
  /** Parcels with what differs: `status delivered → in_transit`. */
  examples: { trackingNumber: string; differs: string[] }[]
}

const batch = 200
const examplesMax = 10
const movesMax = 50

type ReRead = { row: ReReadRow; plan: CheckPlan }

const emptyReport = (): ReReadReport => ({ parcels: 0, documents: 0, statuses: 0, moves: {}, examples: [] })

/** Whether a pass has read all parcels by today's rules, so that another would do nothing. */
export const isReadByTodaysRules = async ({
  db,
  settingsOf,
}: Pick<ReReadDeps, 'db' | 'settingsOf'>): Promise<boolean> =>
  (await findReading(db.sql))?.readWith === (await readingVersion(settingsOf(null)))

/** Counts what a pass would change, and changes nothing. */
export const previewReRead = async (deps: ReReadDeps, signal: AbortSignal): Promise<ReReadReport> => {
  const report = emptyReport()
  const { sql } = deps.db
  for (let after: string | null = '0'; after !== null && !signal.aborted; ) {
    const rows = await listToReRead(sql, { afterId: after, limit: batch, lock: false })
    addTo(report, await planAll(deps, rows, await deps.clock(sql)))
    after = rows.at(-1)?.id ?? null
    if (after !== null) deps.onRead?.(Number(after))
  }
  return report
}

/**
 * Reads all stored scans again by today's rules, in batches, and continues where the last pass was cut off. Nothing is told to customers again. An
 * archived parcel stays what it was. Null when they were read by these rules already.
 */
export const reRead = async (deps: ReReadDeps, signal: AbortSignal): Promise<ReReadReport | null> => {
  const version = await readingVersion(deps.settingsOf(null))
  const state = await findReading(deps.db.sql)
  if (state?.readWith === version) return null
  const report = emptyReport()
  for (let after: string | null = state?.reReadingWith === version ? state.reReadAfter : '0'; after !== null; ) {
    if (signal.aborted) return report
    after = await deps.db.transaction((tx) => reReadBatch(deps, tx, { version, after: after!, report }))
  }
  return report
}

/** The same for a repair: whatever they were read by, and however far a pass of the worker's own has come. */
export const reReadAnyway = async (deps: ReReadDeps, signal: AbortSignal): Promise<ReReadReport> => {
  const report = emptyReport()
  for (let after: string | null = '0'; after !== null && !signal.aborted; )
    after = await deps.db.transaction((tx) => reReadBatch(deps, tx, { after: after!, report }))
  return report
}

type Batch = { version?: string; after: string; report: ReReadReport }

const reReadBatch = async (deps: ReReadDeps, tx: Tx, { version, after, report }: Batch): Promise<string | null> => {
  const rows = await listToReRead(tx, { afterId: after, limit: batch, lock: true })
  const now = await deps.clock(tx)
  const read = await planAll(deps, rows, now)
  await recordChanges(tx, { actor: deps.actor, now, changes: await mapInTurns(read, toChange(now)) })
  await saveSchedules(tx, { callId: null, changes: read.flatMap(toSchedule) })
  const next = rows.at(-1)?.id ?? null
  if (version !== undefined) await saveReading(tx, { version, after: next })
  addTo(report, read)
  if (next !== null) deps.onRead?.(Number(next))
  return next
}

/** Of an archived parcel only what readers see of its end may change. */
const mayChange = ({ row, plan }: ReRead): boolean => plan.changed && (row.archivedAt === null || plan.endedAt !== null)

const planAll = async (deps: ReReadDeps, rows: readonly ReReadRow[], now: Date): Promise<ReRead[]> => {
  const read = await mapInTurns(rows, (row) => ({ row, plan: planOne(deps, row, now) }))
  return read.filter(mayChange)
}

/** The schedule is this pass's to write where an end came or went, unless a call is about to write it. */
const planOne = ({ settingsOf, isDemo }: ReReadDeps, row: ReReadRow, now: Date): CheckPlan => {
  const settings = settingsOf(row.organizationId)
  return planCheck(toTrackingState(row), {
    answer: { kind: 'read_again', isArchived: row.archivedAt !== null },
    context: {
      ...{ now, toldAt: now, settings, calendar: calendarOf(settings), isDemo, priority: priorities.scheduled },
      schedule: row.archivedAt === null && row.callId === null ? 'where_it_turns' : 'not_ours',
    },
  })
}

const toChange =
  (now: Date) =>
  ({ row, plan }: ReRead): ParcelChange => {
    const [previousStatus, newStatus] = plan.statusChanged ? [row.status, plan.status] : [null, null]
    return {
      parcel: row,
      write: toParcelWrite(plan, now),
      entries: plan.isNews
        ? [
            { kind: 're_read', previousStatus, newStatus },
            ...attentionEntries(row.attentionReason, plan.attentionReason),
          ]
        : [],
    }
  }

const toSchedule = ({ row, plan: { schedule } }: ReRead) =>
  schedule
    ? [
        toScheduleChange(row.id, {
          ...schedule,
          checkedBy: row.checkedBy,
          explanation: `${schedule.explanation}, after a re-reading`,
        }),
      ]
    : []

const addTo = (report: ReReadReport, read: readonly ReRead[]): void => {
  report.parcels += read.length
  for (const { row, plan } of read) {
    if (plan.document) report.documents += 1
    if (report.examples.length < examplesMax)
      report.examples.push({ trackingNumber: row.trackingNumber, differs: differencesOf({ row, plan }) })
    if (!plan.statusChanged) continue
    report.statuses += 1
    const move = `${row.status} → ${plan.status}`
    if (move in report.moves || Object.keys(report.moves).length < movesMax)
      report.moves[move] = (report.moves[move] ?? 0) + 1
  }
}

const differencesOf = ({ row, plan }: ReRead): string[] => {
  const differs = [
    plan.statusChanged ? `status ${row.status} → ${plan.status}` : null,
    plan.attentionReason === row.attentionReason
      ? null
      : `attention ${row.attentionReason ?? 'none'} → ${plan.attentionReason ?? 'none'}`,
    plan.document ? 'document' : null,
  ].filter((one) => one !== null)
  return differs.length > 0 ? differs : ['milestones']
}
