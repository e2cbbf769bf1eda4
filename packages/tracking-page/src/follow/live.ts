import type { ShownDocument } from '../view/shown-document.ts'

/** `onNews` gets null for what it cannot read; `onCut` whether the browser has given up. */
export type StreamEvents = {
  onOpen: () => void
  onNews: (document: ShownDocument | null) => void
  onCut: (isOver: boolean) => void
}
/** Opens a live stream and answers what closes it; null where none can be had now. */
export type OpenStream = (url: string, events: StreamEvents) => (() => void) | null

/** `onChange`: the stream has opened or ended. */
type Live = {
  openStream: OpenStream
  isWanted: () => boolean
  onNews: StreamEvents['onNews']
  onChange: () => void
}

const firstMs = 1500
const againMs = 5 * 60_000

/** One live stream, opened a moment after it is asked for, so that it costs the first view nothing, and again some time after it ended. */
export const createLive = ({ openStream, isWanted, onNews, onChange }: Live) => {
  let url = ''
  let closeStream: (() => void) | null = null
  let isOpen = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const close = (): void => {
    clearTimeout(timer)
    closeStream?.()
    closeStream = null
    isOpen = false
  }
  const openAfter = (ms: number): void => {
    clearTimeout(timer)
    timer = setTimeout(open, ms)
  }
  const open = (): void => {
    if (closeStream || !url || !isWanted()) return
    closeStream = openStream(url, {
      onOpen: () => {
        isOpen = true
        onChange()
      },
      onNews,
      onCut: (isOver) => {
        isOpen = false
        if (isOver) {
          close()
          openAfter(againMs)
        }
        onChange()
      },
    })
    if (!closeStream) openAfter(againMs)
  }
  const turnTo = (next: string): void => {
    if (next === url) return
    close()
    url = next
    openAfter(firstMs)
  }
  return { isOpen: () => isOpen, open, close, turnTo }
}
