import type { RefreshRun } from '@jejak/contract'
import type { Terminal } from './progress-view.ts'

const barWidth = 30

/** How many parcels of a run are done, whatever became of them. */
export const doneOf = ({ parcels, progress }: Pick<RefreshRun, 'parcels' | 'progress'>): number =>
  parcels - progress.waiting - progress.asked

/** One line: `[######------] 40 %  328 of 812, 20 being asked; waits for the day's plan until …`. */
export const renderRefreshLine = (run: RefreshRun): string => {
  const done = doneOf(run)
  const share = run.parcels === 0 ? 1 : done / run.parcels
  const filled = Math.floor(share * barWidth)
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}]`
  const [first] = run.waits
  const waits = first ? `; waits: ${first.wait.reason}${first.wait.until ? ` until ${first.wait.until}` : ''}` : ''
  const state = run.state === 'running' ? '' : `; ${run.state}`
  return `${bar} ${Math.floor(share * 100)} %  ${done} of ${run.parcels}, ${run.progress.asked} being asked${waits}${state}`
}

type Watching = {
  out: Pick<Terminal, 'write' | 'isTTY'>
  look: () => Promise<RefreshRun>
  wait: () => Promise<void>
}

/** Shows a run until it has ended or is paused: redrawn on a terminal, elsewhere a line whenever something has changed. */
export const watchRefresh = async ({ out, look, wait }: Watching): Promise<RefreshRun> => {
  let shown = ''
  for (;;) {
    const run = await look()
    const line = renderRefreshLine(run)
    if (line !== shown) out.write(out.isTTY ? `\r\x1b[K${line}` : `${line}\n`)
    shown = line
    if (run.state !== 'running' && (run.state === 'paused' || run.progress.asked === 0)) {
      if (out.isTTY) out.write('\n')
      return run
    }
    await wait()
  }
}
