import type { SyncView } from '@jejak/contract'
import type { Terminal } from './progress-view.ts'

const barWidth = 24

/** How far the parcels of an account are, on one line: redrawn in place on a terminal, elsewhere one line whenever something has changed. */
export const showSync = (out: Pick<Terminal, 'write' | 'isTTY'>): ((view: SyncView) => void) => {
  let shown = ''
  return (view) => {
    const line = renderSync(view)
    if (line !== shown) out.write(out.isTTY ? `\r\x1b[K${line}` : `${line}\n`)
    shown = line
  }
}

/** The line itself. */
export const renderSync = ({ bookings, parcels, waitingForNumber, detailsLeft, state }: SyncView): string => {
  const share = bookings === 0 ? 0 : parcels / bookings
  const full = Math.round(share * barWidth)
  const bar = `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`
  const waiting = waitingForNumber > 0 ? `, ${waitingForNumber} wait for a number` : ''
  return `${bar} ${parcels} of ${bookings} bookings are parcels${waiting}, ${detailsLeft} without details (${state})`
}
