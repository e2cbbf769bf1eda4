import type { Freshness } from '@jejak/contract'
import { nextReadMs } from '../view/next-read.ts'
import type { Notice } from '../view/notices.ts'
import type { ShownDocument } from '../view/shown-document.ts'
import { createLive, type OpenStream } from './live.ts'

/** `isPassing`: the same question may get another answer soon. */
export type Failed = { kind: 'notice'; notice: Notice; isPassing: boolean }
export type Found = { kind: 'document'; document: ShownDocument } | Failed

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

const rereadAfterMs = 15_000

/** Keeps a parcel up to date while its page can be seen: a live stream for changes, and reads that follow the next check. */
export const followParcel = (
  { document, read, liveUrl, readsMore, onFound }: Parcel,
  { now, isHidden, openStream }: Surroundings,
): Following => {
  let freshness: Freshness | null = document?.freshness ?? null
  let readAt = document ? now().getTime() : 0
  let failures = 0
  let isReading = false
  /** What is being read may be older than what came meanwhile. */
  let isOutrun = false
  let isStopped = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const isFinal = (): boolean => freshness?.state === 'final'

  const onNews = (news: ShownDocument | null): void => {
    isOutrun = isReading
    if (!news || (readsMore() && news.freshness.changedAt !== freshness?.changedAt)) readNow()
    else take({ kind: 'document', document: news })
  }

  const planRead = (): void => {
    clearTimeout(timer)
    const ms = nextReadMs({ freshness, failures, isLive: live.isOpen(), now: now() })
    if (ms !== null) timer = setTimeout(readNow, ms)
  }

  const live = createLive({ openStream, isWanted: () => !isHidden() && !isFinal(), onNews, onChange: planRead })

  const plan = (): void => {
    if (isFinal()) live.close()
    else live.turnTo(liveUrl())
    planRead()
  }

  const rest = (): void => {
    live.close()
    clearTimeout(timer)
  }

  const take = (found: Found): void => {
    if (found.kind === 'document') freshness = found.document.freshness
    failures = found.kind === 'notice' && found.isPassing ? failures + 1 : 0
    readAt = now().getTime()
    onFound(found)
    plan()
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
    live.open()
    if (now().getTime() - readAt > rereadAfterMs && !isFinal()) readNow()
    else planRead()
  }

  const stop = (): void => {
    isStopped = true
    rest()
  }

  if (document) plan()
  else readNow()
  return { readNow, look, stop }
}
