import type { TrackingView } from '@jejak/contract'
import { renderTable } from './render-table.ts'
import { instantShower } from './show-instant.ts'

const words = (name: string) => name.replaceAll('_', ' ')
const given = (parts: readonly (string | null | undefined | false)[]) => parts.filter(Boolean).join(', ')

/** A parcel for people: what it is, how fresh that is, when and why it is checked next, and every scan as the courier wrote it. */
export const renderTracking = (view: TrackingView, timezone: string): string => {
  const show = instantShower(timezone)
  return [
    `${view.trackingNumber}  ${words(view.status)}${view.substatus ? ` (${words(view.substatus)})` : ''}`,
    aboutLine(view, show),
    ...(view.requiresAttention ? [`Needs attention: ${view.attentionReason}`] : []),
    '',
    freshnessLine(view, show),
    scheduleLine(view, show),
    '',
    eventLines(view, show),
    '',
    `Times are in ${timezone}; ~ marks a scan without a time zone.`,
  ].join('\n')
}

type Show = ReturnType<typeof instantShower>

const aboutLine = ({ courier, orderNumber, registeredAt, estimatedDelivery, hasContact }: TrackingView, show: Show) =>
  given([
    courier ?? 'courier unknown',
    orderNumber && `order ${orderNumber}`,
    `registered ${show(registeredAt)}`,
    estimatedDelivery && `expected ${estimatedDelivery}`,
    hasContact && 'contact known',
  ])

const freshnessLine = ({ freshness: { state, checkedAt, changedAt, source, reason } }: TrackingView, show: Show) => {
  const checked = checkedAt ? `checked ${show(checkedAt)} (${source})` : 'not checked yet'
  return `Freshness: ${given([state, reason && words(reason), checked, `changed ${show(changedAt)}`])}`
}

const scheduleLine = ({ schedule }: TrackingView, show: Show) => {
  const { nextCheckAt, inFlight, explanation, priority, failures, lastFailure } = schedule
  const next = inFlight ? 'being checked now' : nextCheckAt ? `next check ${show(nextCheckAt)}` : 'no more checks'
  const because = nextCheckAt && explanation && `because: ${explanation}`
  const failed = failures > 0 && `${failures} failed in a row (${lastFailure})`
  return `Schedule:  ${given([next, nextCheckAt && `priority ${priority}`, because, failed])}`
}

const eventLines = ({ events }: TrackingView, show: Show) =>
  events.length === 0
    ? 'No scans yet.'
    : renderTable(
        ['WHEN', 'STATUS', 'CODE', 'LOCATION', 'TEXT'],
        events.map(({ at, zoneGuessed, status, substatus, code, location, text }) => [
          `${show(at)}${zoneGuessed ? ' ~' : ''}`,
          words(substatus ? `${status} / ${substatus}` : status),
          code === null ? '-' : String(code),
          location ?? '-',
          text,
        ]),
      )
