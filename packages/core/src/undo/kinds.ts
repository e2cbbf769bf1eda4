import type { Config } from '@jejak/config'
import type { CaseRow, OrderRow, ParcelWrite, Said, ScheduleChange, ShopChangeable } from '@jejak/db'
import type { Actor } from '../actor.ts'
import type { CheckingSettings } from '../checking/settings.ts'
import type { Boss } from '../queue/index.ts'

/** A row as JSON keeps it: instants are text. */
export type Kept<Row> = {
  [Name in keyof Row]: Row[Name] extends Date | null ? string | Extract<Row[Name], null> : Row[Name]
}

/**
 * A parcel that was changed at `changedAt`; `write` is what its changed columns were. `statedAt` names a statement that was added to its scans,
 * `fromNumber` the number that it was given instead of its own, `order` what the changed order was, `addedOrder` one that came. `schedule` and
 * `attentionCase` are theirs as they were.
 */
export type KeptParcel = {
  id: string
  changedAt: string
  documentVersion: string
  write: Omit<ParcelWrite, 'id' | 'events' | 'document' | 'documentVersion'>
  statedAt?: string
  fromNumber?: string
  order?: { orderId: string } & Pick<OrderRow, 'orderNumber' | 'orderFolded'> & Partial<OrderRow>
  addedOrder?: string
  schedule?: Kept<ScheduleChange>
  attentionCase?: Kept<CaseRow>
}

/** What people said of an account before and after; `defaultBefore` had the mark of the default, where that was changed. */
type KeptConnection = { id: string; was: Kept<Said>; is: Kept<Said>; defaultBefore?: string | null }

type Was = {
  cases: { was: Kept<CaseRow>; is: Kept<CaseRow> }[]
  parcels: KeptParcel[]
  notes: { ids: string[] }
  connection: KeptConnection
  /** As they are stored; null is the default. */
  settings: { name: string; was: string | null; is: string | null }[]
  shop: { was: ShopChangeable; is: ShopChangeable }
}

/** What can be undone: each kind has what it keeps here, and how it is restored in `restore.ts`. */
export type UndoKind = keyof Was
export type WasOf<Kind extends UndoKind> = Was[Kind]

/** A row as JSON keeps it. */
export const keep = <Row extends object>(row: Row): Kept<Row> => JSON.parse(JSON.stringify(row))

export type RestoreDeps = {
  settings: Pick<CheckingSettings, 'eventsMax' | 'reuseAgeMs'>
  isDemo: boolean
  boss: Boss
  config: Config
}
export type Restoring<Kind extends UndoKind> = { was: WasOf<Kind>; actor: Actor; now: Date; deps: RestoreDeps }
