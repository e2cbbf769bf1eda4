import { readDocument, readRow } from '@jejak/core/parcels'
import type { Db } from '@jejak/db'
import type { Truth } from '@jejak/easyparcel-simulator'
import { type Verdict, verdict } from './verdict.ts'

type StoredEvent = { at: string; code: number | null; text: string }
type StoredParcel = {
  id: string
  trackingNumber: string
  status: string
  document: string
  events: StoredEvent[]
}
type StoredRow = Omit<StoredParcel, 'events'> & { events: string; registeredAt: Date }

/** What the stored tellings add up to: one scan may have been told in several ways. */
const eventsOf = ({ events, registeredAt }: StoredRow): StoredEvent[] => {
  const rules = { eventsMax: 50, reuseAgeMs: Number.POSITIVE_INFINITY }
  return readRow({ events, registeredAt, api: 'open' }, { now: new Date(), rules }).events.filter(({ gone }) => !gone)
}

type Log = { trackingId: string; previousStatus: string | null; newStatus: string | null; eventsAdded: number }

/** What makes two scans the same: the second, the code, the text. */
const keyOf = ({ at, code, text }: StoredEvent) => `${Math.floor(Date.parse(at) / 1000)} ${code} ${text}`

const firstStatus = 'pending'

/** Holds every parcel in the database against what is true of it in the simulator. */
export const judgeParcels = async ({ sql }: Pick<Db, 'sql'>, truth: readonly Truth[]): Promise<Verdict[]> => {
  const { rows: stored } = await sql.query<StoredRow>(
    `select id, tracking_number as "trackingNumber", status, events, document, registered_at as "registeredAt" from tracking_cache order by id`,
  )
  const rows = stored.map(({ events, ...parcel }) => ({ ...parcel, events: eventsOf({ ...parcel, events }) }))
  const { rows: logs } = await sql.query<Log>(
    `select tracking_id as "trackingId", previous_status as "previousStatus", new_status as "newStatus", events_added as "eventsAdded"
       from tracking_update_logs order by tracking_id, id`,
  )
  const logsOf = Map.groupBy(logs, ({ trackingId }) => trackingId)
  const truthOf = new Map(truth.map((one) => [one.awb, one]))
  const wrong = (problem: (parcel: StoredParcel) => string | null) =>
    rows.flatMap((parcel) => problem(parcel)?.replace(/^/, `${parcel.trackingNumber}: `) ?? [])
  const missing = truth.length - rows.length
  return [
    verdict(`all ${truth.length} parcels are there`, missing === 0 ? [] : [`${missing} are missing`]),
    verdict(
      'every parcel has the status that is true',
      wrong((parcel) => statusProblem(parcel, truthOf.get(parcel.trackingNumber))),
    ),
    verdict(
      'every parcel has every event that happened, and none twice',
      wrong((parcel) => eventsProblem(parcel, truthOf.get(parcel.trackingNumber))),
    ),
    verdict('what readers see is what is stored', wrong(documentProblem)),
    verdict(
      'no update is lost: the log leads from the first status to the last without a gap',
      wrong((parcel) => chainProblem(parcel, logsOf.get(parcel.id) ?? [])),
    ),
    verdict(
      'the log tells of each event once',
      wrong((parcel) => addedProblem(parcel, logsOf.get(parcel.id) ?? [])),
    ),
  ]
}

const statusProblem = ({ status }: StoredParcel, truth: Truth | undefined): string | null =>
  truth?.status === status ? null : `${status}, but in truth ${truth?.status}`

const eventsProblem = ({ events }: StoredParcel, truth: Truth | undefined): string | null => {
  const stored = events.map(keyOf)
  const told = (truth?.events ?? []).map(keyOf)
  const lost = told.filter((key) => !stored.includes(key))
  const invented = stored.filter((key) => !told.includes(key))
  const doubled = stored.length - new Set(stored).size
  if (lost.length + invented.length + doubled === 0) return null
  return `${lost.length} lost (${lost[0] ?? ''}), ${invented.length} not true (${invented[0] ?? ''}), ${doubled} double`
}

const documentProblem = ({ status, events, document }: StoredParcel): string | null => {
  const shown = readDocument(document)
  return shown.status === status && shown.events.length === events.length
    ? null
    : `shown ${shown.status} with ${shown.events.length} events`
}

const chainProblem = ({ status }: StoredParcel, logs: readonly Log[]): string | null => {
  let reached = firstStatus
  for (const { previousStatus, newStatus } of logs) {
    if (newStatus === null) continue
    if (previousStatus !== reached) return `a change from ${previousStatus} is logged while it was ${reached}`
    reached = newStatus
  }
  return reached === status ? null : `the log ends at ${reached}, the parcel at ${status}`
}

const addedProblem = ({ events }: StoredParcel, logs: readonly Log[]): string | null => {
  const added = logs.reduce((sum, { eventsAdded }) => sum + eventsAdded, 0)
  return added === events.length ? null : `${added} events were added, ${events.length} are there`
}
