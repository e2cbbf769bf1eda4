import { type TrackingSort, type TrackingStatus, terminalStatuses, type ViewList } from '@jejak/contract'
import type { StatusCount } from '@jejak/db'

type BuiltIn = {
  id: string
  name: string
  filter: { status: readonly TrackingStatus[] } | { attention: true; ended?: boolean }
  sort: TrackingSort | null
}

/** The views that every shop has. Each is told by status or need alone, so that its count is there without counting parcels. */
export const builtInViews: readonly BuiltIn[] = [
  { id: 'waiting', name: 'Not on the way yet', filter: { status: ['pending', 'info_received'] }, sort: null },
  { id: 'on_the_way', name: 'On the way', filter: { status: ['collected', 'in_transit'] }, sort: null },
  { id: 'out_for_delivery', name: 'Out for delivery', filter: { status: ['out_for_delivery'] }, sort: null },
  { id: 'to_collect', name: 'To collect', filter: { status: ['ready_for_pickup'] }, sort: null },
  {
    id: 'problems',
    name: 'Problems',
    filter: { status: ['attempt_failed', 'on_hold', 'exception', 'returning', 'unknown'] },
    sort: null,
  },
  { id: 'needs_person', name: 'Needs a person', filter: { attention: true }, sort: null },
  { id: 'ended', name: 'Ended', filter: { status: terminalStatuses }, sort: null },
]

const fits = ({ filter }: BuiltIn, { status, needsPerson }: StatusCount): boolean =>
  'attention' in filter ? needsPerson : filter.status.includes(status as TrackingStatus)

/** Each of them with its count. */
export const countBuiltIn = (counts: readonly StatusCount[]): ViewList['builtIn'] =>
  builtInViews.map((view) => ({
    ...view,
    count: counts.reduce((sum, one) => sum + (fits(view, one) ? one.amount : 0), 0),
  }))
