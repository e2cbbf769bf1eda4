import type { TrackingStatus } from '@jejak/contract'

export type Tone = 'good' | 'busy' | 'warning' | 'bad' | 'calm'

const parcel = 'M3 8l9-5 9 5v8l-9 5-9-5zM3 8l9 5 9-5M12 13v8'
const truck = 'M2 6h12v10H2zM14 9h4l4 4v3h-8M6 19a2 2 0 100-4 2 2 0 000 4M17 19a2 2 0 100-4 2 2 0 000 4'
const check = 'M4 12.5l5 5L20 6.5'
const alert = 'M12 4l9 16H3zM12 10v4M12 17v.01'
const pin = 'M12 21s7-6.5 7-11.5a7 7 0 10-14 0C5 14.5 12 21 12 21zM12 12a2.5 2.5 0 100-5 2.5 2.5 0 000 5'
const clock = 'M12 21a9 9 0 100-18 9 9 0 000 18M12 7v5l3 2'
const back = 'M9 14l-5-5 5-5M4 9h10a6 6 0 010 12h-3'

/** Of each status: its picture, its tone, and the step that it shows the parcel to have reached, if it tells. */
const looks: Record<TrackingStatus, readonly [icon: string, tone: Tone, reached?: number]> = {
  pending: [clock, 'calm', 0],
  info_received: [parcel, 'calm', 0],
  collected: [parcel, 'busy', 1],
  in_transit: [truck, 'busy', 2],
  out_for_delivery: [truck, 'busy', 3],
  ready_for_pickup: [pin, 'warning', 3],
  attempt_failed: [alert, 'warning', 3],
  on_hold: [clock, 'warning'],
  exception: [alert, 'bad'],
  delivered: [check, 'good', 4],
  returning: [back, 'warning', 3],
  returned: [back, 'calm', 4],
  cancelled: [back, 'calm'],
  lapsed: [clock, 'calm'],
  unknown: [parcel, 'calm'],
}

/** The path of a status's picture on a 24 by 24 grid, drawn as a line. */
export const iconPath = (status: TrackingStatus): string => looks[status][0]

export const toneOf = ({ status }: { status: TrackingStatus }): Tone => looks[status][1]

/** How far along its way a status shows the parcel to be; undefined if it says nothing about that. */
export const reachedBy = (status: TrackingStatus): number | undefined => looks[status][2]

/** Black or white, whichever reads better on the shop's colour (WCAG's relative luminance, nearly). */
export const inkOn = (color: string): '#000' | '#fff' => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(
    (from) => (Number.parseInt(color.slice(from, from + 2), 16) / 255) ** 2.2,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000' : '#fff'
}
