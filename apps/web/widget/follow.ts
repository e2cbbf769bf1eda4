import { nextReadMs } from '../src/view/next-read.ts'
import type { ShownDocument } from '../src/view/shown-document.ts'
import { type Found, serverNow } from './api.ts'

export type Following = { readNow: () => void; stop: () => void }
type Args = {
  document: ShownDocument | null
  read: () => Promise<Found>
  liveUrl: string
  /** The stream tells of the number, whoever holds it; a page of one shop takes the news as a reason to read its own parcel. */
  isOfOneShop: boolean
  onFound: (found: Found) => void
}

const firstLiveMs = 1500
const liveAgainMs = 5 * 60_000
const rereadAfterMs = 15_000

/**
 * Keeps a tracking up to date while its page can be seen: a live stream for changes, and reads that adapt to the next check. The live
 * stream starts a moment later, so that it costs the first view nothing.
 */
export const follow = ({ document: first, read, liveUrl, isOfOneShop, onFound }: Args): Following => {
  let freshness = first?.freshness ?? null
  let failures = 0
  let live: EventSource | null = null
  let isReading = false
  let readAt = first ? Date.now() : 0
  const timers: Record<string, ReturnType<typeof setTimeout> | undefined> = {}
  const isOpen = (): boolean => live?.readyState === EventSource.OPEN
  const after = (name: string, ms: number | null, run: () => void): void => {
    clearTimeout(timers[name])
    if (ms !== null) timers[name] = setTimeout(run, ms)
  }

  const planRead = (): void =>
    after('read', nextReadMs({ freshness, failures, isLive: isOpen(), now: serverNow() }), readNow)

  const take = (found: Found): void => {
    if (found.kind === 'document') freshness = found.document.freshness
    failures = found.kind === 'notice' && found.isPassing ? failures + 1 : 0
    readAt = Date.now()
    onFound(found)
    if (freshness?.state === 'final') closeLive()
    planRead()
  }

  const readNow = async (): Promise<void> => {
    if (isReading || document.hidden) return
    isReading = true
    const found = await read()
    isReading = false
    if (!stopped.aborted) take(found)
  }

  const closeLive = (): void => {
    live?.close()
    live = null
  }

  const openLive = (): void => {
    if (live || document.hidden || freshness?.state === 'final' || typeof EventSource === 'undefined') return
    live = new EventSource(liveUrl)
    const onNews = ({ data }: MessageEvent<string>): void => {
      if (isOfOneShop) return void readNow()
      try {
        take({ kind: 'document', document: JSON.parse(data) as ShownDocument })
      } catch {
        void readNow()
      }
    }
    live.addEventListener('document', onNews)
    live.addEventListener('open', planRead)
    live.addEventListener('error', () => {
      if (live?.readyState !== EventSource.CLOSED) return
      closeLive()
      after('live', liveAgainMs, openLive)
    })
  }

  const onVisible = (): void => {
    if (document.hidden) {
      closeLive()
      for (const timer of Object.values(timers)) clearTimeout(timer)
      return
    }
    openLive()
    if (Date.now() - readAt > rereadAfterMs && freshness?.state !== 'final') void readNow()
    else planRead()
  }

  const stopping = new AbortController()
  const stopped = stopping.signal
  document.addEventListener('visibilitychange', onVisible, { signal: stopped })
  addEventListener('online', () => void readNow(), { signal: stopped })
  if (first) planRead()
  else void readNow()
  after('live', firstLiveMs, openLive)

  return {
    readNow: () => void readNow(),
    stop: () => {
      stopping.abort()
      closeLive()
      for (const timer of Object.values(timers)) clearTimeout(timer)
    },
  }
}
