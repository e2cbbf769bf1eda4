import type { ItemAnswer } from '../../easyparcel/client/easyparcel-client.ts'
import type { Life, Milestones, ParcelReading, RenderableTracking, StoredScan } from '../../parcels/index.ts'
import type { Suspicion } from '../gate/suspicion.ts'
import type { CheckingSettings } from '../settings.ts'
import type { Calendar } from './calendar.ts'
import type { Priority } from './priority.ts'

/**
 * A tracking as it is in the database, under its row lock. `confirmedAt` is when EasyParcel first knew the number, `checkedAt` when it
 * last answered about it, `endedAt` when a terminal status began; `estimatedDelivery` is a local day `YYYY-MM-DD`.
 */
export type TrackingState = Suspicion &
  Life &
  Omit<RenderableTracking, 'events' | 'deliveredAt' | 'isDemo'> & {
    id: string
    estimatedDelivery: string | null
    scans: readonly StoredScan[]
    documentVersion: string
    milestones: Milestones
    confirmedAt: Date | null
    endedAt: Date | null
    attentionReason: string | null
    checkedAt: Date | null
    /** The newest answer that told the same as the newest one in `scans`. */
    toldAgainAt: Date | null
    /** The newest scan that a person knew who lifted the attention last. */
    attentionSeenAt: Date | null
    consecutiveFailures: number
    lastFailure: string | null
  }

/**
 * `toldAt` is the database's instant of the answer. `priority` is the class the tracking was claimed in. `schedule` says whether the schedule is
 * this plan's to write; where it is not (its mark is gone), an answer only contributes events, or also writes it where the parcel ends or lives again.
 */
export type CheckContext = {
  now: Date
  toldAt: Date
  settings: CheckingSettings
  calendar: Calendar
  priority: Priority
  schedule: 'ours' | 'where_it_turns' | 'not_ours'
  isDemo: boolean
}

/**
 * What is known after a call: what EasyParcel said, or that it fails whenever it is asked about this number alone. `read_again`: no one was asked, the
 * rules have changed.
 */
export type CheckAnswer =
  | ItemAnswer
  | { kind: 'fails_upstream'; problem: string; suspicion: Suspicion }
  | { kind: 'read_again'; isArchived: boolean }

/** What is known of a tracking once an answer is read. */
export type Facts = Pick<
  TrackingState,
  'status' | 'substatus' | 'scans' | 'toldAgainAt' | 'milestones' | 'confirmedAt' | 'endedAt'
> & { reading: ParcelReading }

/** An answer, and under what it is read. */
export type Asked = { answer: CheckAnswer; context: CheckContext }

/** Whether anyone but the shop has ever known the number. */
export const isKnown = ({ confirmedAt, scans }: Facts): boolean => confirmedAt !== null || scans.length > 0

/** What an answer made of a tracking. */
export type Check = Asked & { state: TrackingState; facts: Facts }
