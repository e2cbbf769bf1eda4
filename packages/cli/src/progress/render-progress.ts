import { styleText } from 'node:util'
import { type TrackingStatus, trackingStatuses } from '@jejak/contract'
import type { Snapshot, Title } from './snapshot.ts'

type Style = Parameters<typeof styleText>[0]
type Segment = readonly [text: string, style?: Style]

const barWidthMax = 40
const labelWidth = 17

const statusStyles: Partial<Record<TrackingStatus, Style>> = {
  out_for_delivery: 'cyan',
  ready_for_pickup: 'cyan',
  attempt_failed: 'yellow',
  on_hold: 'yellow',
  exception: 'red',
  delivered: 'green',
  returning: 'magenta',
  returned: 'magenta',
  unknown: 'red',
}

const count = (value: number) => value.toLocaleString('en-GB')
const counted = (value: number, one: string, more: string) => `${count(value)} ${value === 1 ? one : more}`
const words = (status: string) => status.replaceAll('_', ' ')
const total = ({ overview }: Snapshot) =>
  Object.values(overview.trackingsByStatus).reduce((sum, amount) => sum + amount, 0)
const demoNote = ({ speed }: Title) => `demo: simulated parcels, ${count(speed)} times faster than life`

const duration = (ms: number): string => {
  const seconds = Math.floor(ms / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}

const checksSentence = ({ overview: { checks, calls } }: Snapshot) =>
  `${counted(checks, 'check', 'checks')} in ${counted(calls, 'call', 'calls')}${calls > 0 ? ` (${(checks / calls).toFixed(1)} a call)` : ''}`
const budgetSentence = ({ callsToday, callsTodayMax }: Snapshot) =>
  `${count(callsToday)} of ${count(callsTodayMax)} calls used today`

/** Lines for a terminal of this width, coloured; none is wider. */
export const renderScreen = (snapshot: Snapshot, { title, columns }: { title: Title; columns: number }): string[] =>
  screen(title, snapshot, columns).map((segments) => cut(segments, columns))

const screen = (title: Title, snapshot: Snapshot, columns: number): Segment[][] => [
  [
    ['Jejak', ['bold', 'cyan']],
    ...(title.isDemo ? ([[' '], [` ${demoNote(title)} `, ['black', 'bgYellow']]] as Segment[]) : []),
    [`  up ${duration(snapshot.upMs)}`, 'dim'],
  ],
  [['Ctrl-C stops   ', 'dim'], [title.publicUrl, 'underline'], ['   docs '], [`${title.publicUrl}/docs`, 'underline']],
  [],
  ...statusLines(snapshot, columns),
  [],
  parcelsLine(snapshot),
  [[`${checksSentence(snapshot)}   ${budgetSentence(snapshot)}`]],
  processesLine(title, snapshot),
]

const statusLines = (snapshot: Snapshot, columns: number): Segment[][] => {
  const { trackingsByStatus } = snapshot.overview
  const most = Math.max(1, ...Object.values(trackingsByStatus))
  const room = Math.max(0, Math.min(barWidthMax, columns - labelWidth - 12))
  const shown = trackingStatuses.filter((status) => (trackingsByStatus[status] ?? 0) > 0)
  if (shown.length === 0) return [[['No parcels yet: register some with POST /v1/trackings.', 'dim']]]
  return shown.map((status) => {
    const amount = trackingsByStatus[status] ?? 0
    const bar = '█'.repeat(Math.round((amount / most) * room))
    return [
      [words(status).padEnd(labelWidth)],
      [count(amount).padStart(9), 'bold'],
      ['  '],
      [bar, statusStyles[status] ?? 'blue'],
    ]
  })
}

const parcelsLine = (snapshot: Snapshot): Segment[] => {
  const { dueNow, inFlight, requiringAttention } = snapshot.overview
  const attention = counted(requiringAttention, 'needs attention', 'need attention')
  return [
    [counted(total(snapshot), 'parcel', 'parcels'), 'bold'],
    [`   ${count(dueNow)} due   ${count(inFlight)} being checked   `],
    requiringAttention > 0 ? [attention, 'yellow'] : [attention, 'dim'],
  ]
}

const processesLine = ({ logDir }: Title, { processes }: Snapshot): Segment[] => [
  ...processes.flatMap(({ name, state }): Segment[] => [
    [`${name} `],
    [state, state === 'running' ? 'green' : 'yellow'],
    ['   '],
  ]),
  [`logs in ${logDir}`, 'dim'],
]

/** Cuts at the edge of the terminal: a wrapped line would break redrawing in place. */
const cut = (segments: readonly Segment[], columns: number): string => {
  let room = columns
  return segments
    .map(([text, style]) => {
      const kept = text.slice(0, Math.max(0, room))
      room -= text.length
      return style && kept ? styleText(style, kept) : kept
    })
    .join('')
}

/** The same as one plain line, for a pipe or a log. */
export const renderLine = (title: Title, snapshot: Snapshot): string => {
  const { trackingsByStatus, requiringAttention } = snapshot.overview
  const statuses = trackingStatuses.flatMap((status) => {
    const amount = trackingsByStatus[status] ?? 0
    return amount > 0 ? [`${count(amount)} ${words(status)}`] : []
  })
  return [
    ...(title.isDemo ? [demoNote(title)] : []),
    [counted(total(snapshot), 'parcel', 'parcels'), ...statuses].join(', '),
    counted(requiringAttention, 'needs attention', 'need attention'),
    checksSentence(snapshot),
    budgetSentence(snapshot),
  ].join('; ')
}
