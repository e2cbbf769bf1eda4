import type { Freshness } from '@jejak/contract'
import { nextReadMs } from '../view/next-read.ts'
import type { Notice } from '../view/notices.ts'
import type { ShownDocument } from '../view/shown-document.ts'

/** `isPassing`: the same question may get another answer soon. */
export type Failed = { kind: 'notice'; notice: Notice; isPassing: boolean }
export type Found = { kind: 'document'; document: ShownDocument } | Failed

/** `onNews` gets null for what it cannot read; `onCut` whether the browser has given up. */
export type StreamEvents = {
  onOpen: () => void
  onNews: (document: ShownDocument | null) => void
  onCut: (isOver: boolean) => void
}
/** Opens a live stream and answers what closes it; null where none can be had now. */
export type OpenStream = (url: string, events: StreamEvents) => (() => void) | null

export type Parcel = {
  document: ShownDocument | null
  read: () => Promise<Found>
  /** Asked again after each answer, which may name the shop whose parcel it is. */
  liveUrl: () => string
  /** Whether reads tell more than the stream does: then news of a change is a reason to read. */
  readsMore: () => boolean
  onFound: (found: Found) => void
}
type Surroundings = { now: () => Date; isHidden: () => boolean; openStream: OpenStream }

/** `look`: the page was hidden or shown. */
export type Following = { readNow: () => void; look: () => void; stop: () => void }

const firstLiveMs = 1500
const liveAgainMs = 5 * 60_000
const rereadAfterMs = 15_000

/**
 * Keeps a tracking up to date while its page can be seen: a live stream for changes, and reads that adapt to the next check. The live
 * stream starts a moment after the first answer, so that it costs the first view nothing.
 */
export const followParcel = (
  { document, read, liveUrl, readsMore, onFound }: Parcel,
  { now, isHidden, openStream }: Surroundings,
): Following => {
  let freshness: Freshness | null = document?.freshness ?? null
  let readAt = document ? now().getTime() : 0
  let failures = 0
  let closeStream: (() => void) | null = null
  let streamUrl = ''
  let isLive = false
  let isReading = false
  /** What is being read may be older than what came meanwhile. */
  let isOutrun = false
  let isStopped = false
  const timers: Record<string, ReturnType<typeof setTimeout> | undefined> = {}
  const after = (name: string, ms: number | null, run: () => unknown): void => {
    clearTimeout(timers[name])
    if (ms !== null) timers[name] = setTimeout(run, ms)
  }
  const isFinal = (): boolean => freshness?.state === 'final'

  const planRead = (): void => after('read', nextReadMs({ freshness, failures, isLive, now: now() }), readNow)

  const closeLive = (): void => {
    closeStream?.()
    closeStream = null
    isLive = false
  }

  const rest = (): void => {
    closeLive()
    for (const timer of Object.values(timers)) clearTimeout(timer)
  }

  const openLive = (): void => {
    if (closeStream || !streamUrl || isHidden() || isFinal()) return
    closeStream = openStream(streamUrl, {
      onOpen: () => {
        isLive = true
        planRead()
      },
      onNews: (news) => {
        isOutrun = isReading
        if (!news || (readsMore() && news.freshness.changedAt !== freshness?.changedAt)) readNow()
        else take({ kind: 'document', document: news })
      },
      onCut: (isOver) => {
        isLive = false
        if (isOver) {
          closeLive()
          after('live', liveAgainMs, openLive)
        }
        planRead()
      },
    })
    if (!closeStream) after('live', liveAgainMs, openLive)
  }

  const planLive = (): void => {
    if (isFinal()) closeLive()
    const url = liveUrl()
    if (url === streamUrl) return
    streamUrl = url
    closeLive()
    after('live', firstLiveMs, openLive)
  }

  const take = (found: Found): void => {
    if (found.kind === 'document') freshness = found.document.freshness
    failures = found.kind === 'notice' && found.isPassing ? failures + 1 : 0
    readAt = now().getTime()
    onFound(found)
    planLive()
    planRead()
  }

  const readNow = (): void => {
    if (isReading || isHidden()) return
    isReading = true
    void read().then((found) => {
      isReading = false
      if (isStopped) return
      if (isOutrun) {
        isOutrun = false
        readNow()
      } else take(found)
    })
  }

  const look = (): void => {
    if (isHidden()) {
      rest()
      return
    }
    openLive()
    if (now().getTime() - readAt > rereadAfterMs && !isFinal()) readNow()
    else planRead()
  }

  if (document) {
    planLive()
    planRead()
  } else readNow()

  return {
    readNow,
    look,
    stop: () => {
      isStopped = true
      rest()
    },
  }
}
