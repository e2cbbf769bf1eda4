import type { CaseRow, ParcelWrite, ScheduleChange } from '@jejak/db'
import type { Actor } from '../actor.ts'
import type { CheckingSettings } from '../checking/settings.ts'

/** A row as JSON keeps it: instants are text. */
export type Kept<Row> = {
  [Name in keyof Row]: Row[Name] extends Date | null ? string | Extract<Row[Name], null> : Row[Name]
}

/**
 * A parcel that was changed at `changedAt`; `write` is what its changed columns were. `statedAt` names a statement that was added to its scans,
 * `orderNumber` the order whose number was changed, `schedule` and `attentionCase` are theirs as they were.
 */
export type KeptParcel = {
  id: string
  changedAt: string
  documentVersion: string
  write: Omit<ParcelWrite, 'id' | 'events' | 'document' | 'documentVersion'>
  statedAt?: string
  order?: { orderId: string; orderNumber: string | null; orderFolded: string | null }
  schedule?: Kept<ScheduleChange>
  attentionCase?: Kept<CaseRow>
}

type Was = {
  cases: { was: Kept<CaseRow>; is: Kept<CaseRow> }[]
  parcels: KeptParcel[]
  notes: { ids: string[] }
}

/** What can be undone: each kind has what it keeps here, and how it is restored in `restore.ts`. */
export type UndoKind = keyof Was
export type WasOf<Kind extends UndoKind> = Was[Kind]

/** A row as JSON keeps it. */
export const keep = <Row extends object>(row: Row): Kept<Row> => JSON.parse(JSON.stringify(row))

export type RestoreDeps = { settings: Pick<CheckingSettings, 'eventsMax' | 'reuseAgeMs'>; isDemo: boolean }
export type Restoring<Kind extends UndoKind> = { was: WasOf<Kind>; actor: Actor; now: Date; deps: RestoreDeps }
