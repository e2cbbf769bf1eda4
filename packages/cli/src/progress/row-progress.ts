import type { Terminal } from './progress-view.ts'

const width = 30
const count = (value: number): string => value.toLocaleString('en-GB')

type Out = Pick<Terminal, 'write' | 'isTTY'>
export type RowProgress = { show: (done: number, of: number) => void; end: () => void }

/** Draws on a terminal how much of a long work is done, percent by percent; a pipe is told nothing. */
export const rowProgress = (out: Out, what: string): RowProgress => {
  let shown = -1
  return {
    show: (done, of) => {
      const percent = of === 0 ? 100 : Math.min(100, Math.floor((100 * done) / of))
      if (!out.isTTY || percent === shown) return
      shown = percent
      const filled = Math.round((width * percent) / 100)
      out.write(
        `\r${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${percent} %  ${count(done)} of ${count(of)} ${what}\x1b[K`,
      )
    },
    end: () => {
      if (out.isTTY && shown >= 0) out.write('\r\x1b[K')
    },
  }
}
