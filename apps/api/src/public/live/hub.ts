import type { Config } from '@jejak/config'
import type { PublicAnswer } from '../public-answer.ts'
import { gather } from './gather.ts'
import { startRounds } from './rounds.ts'
import { documentEvent, endStream, heartbeat, type LiveStream, retryHint, sendTo } from './stream.ts'

type HubDeps = {
  /** Reads one parcel, or one shop's, as the public sees it; answers come back in the order in which they were read. */
  read: (trackingNumber: string, shop: string | undefined) => Promise<PublicAnswer | undefined>
  settings: Config['live']
  now: () => Date
  /** From 0 to 1: spreads out when browsers come back. */
  random: () => number
  onError: (error: unknown) => void
}

export type Hub = {
  /** Adds a reader that waits for its first answer. */
  join: (stream: LiveStream) => void
  leave: (stream: LiveStream) => void
  /** Sends a reader its first answer, if that is not the one it has, and from then on all that change. */
  open: (stream: LiveStream, answer: PublicAnswer) => void
  /** Reads a number again if anyone watches it: once for each shop whose parcel is watched. */
  change: (trackingNumber: string) => void
  /** Reads every watched parcel again. */
  changeAll: () => void
  /** Ends every stream in order, and cuts off those whose readers do not take even that. */
  drain: () => void
  stop: () => void
}

const failedReadRetryMs = 1_000
const drainMs = 1_000

/** Who watches which parcel. */
const createWatchers = () => {
  const watched = new Map<string, Set<LiveStream>>()
  return {
    add: (stream: LiveStream): void => {
      const streams = watched.get(stream.trackingNumber)
      if (streams) streams.add(stream)
      else watched.set(stream.trackingNumber, new Set([stream]))
    },
    remove: (stream: LiveStream): void => {
      const streams = watched.get(stream.trackingNumber)
      streams?.delete(stream)
      if (streams?.size === 0) watched.delete(stream.trackingNumber)
    },
    of: (trackingNumber: string) => [...(watched.get(trackingNumber) ?? [])],
    isWatched: (trackingNumber: string) => watched.has(trackingNumber),
    numbers: () => watched.keys(),
    all: () => [...watched.values()].flatMap((streams) => [...streams]),
  }
}

type Deliver = (streams: readonly LiveStream[], answer: PublicAnswer | undefined) => void
type ReaderDeps = Pick<HubDeps, 'read' | 'onError'> & {
  watchers: ReturnType<typeof createWatchers>
  deliver: Deliver
}

/** Makes what reads numbers again for their watchers, once for each shop that is watched, and tells those that failed. */
const createReader = ({ read, onError, watchers, deliver }: ReaderDeps) => {
  const readOne = async (trackingNumber: string): Promise<void> => {
    const shops = new Set(watchers.of(trackingNumber).map(({ shop }) => shop))
    const readFor = async (asked: string | undefined): Promise<void> => {
      const answer = await read(trackingNumber, asked)
      deliver(
        watchers.of(trackingNumber).filter(({ shop }) => shop === asked),
        answer,
      )
    }
    await Promise.all([...shops].map(readFor))
  }
  return async (trackingNumbers: readonly string[]): Promise<string[]> => {
    const stillWatched = trackingNumbers.filter(watchers.isWatched)
    const outcomes = await Promise.allSettled(stillWatched.map(readOne))
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed) onError(failed.reason)
    return stillWatched.filter((_number, index) => outcomes[index]?.status === 'rejected')
  }
}

/** Knows who watches which parcel, reads what changed once for all its readers, and sends them what they do not have. */
export const createHub = ({ read, settings, now, random, onError }: HubDeps): Hub => {
  const watchers = createWatchers()
  const retryMs = () => settings.retryMs * (1 + random())
  const send = (stream: LiveStream, text: string | Buffer) =>
    sendTo(stream, { text, backlogMaxBytes: settings.backlogMaxBytes })

  /** A parcel that is gone ends its streams; who connects again learns that it is unknown. */
  const deliver: Deliver = (streams, answer) => {
    let event: Buffer | undefined
    for (const stream of streams) {
      if (!stream.isOpen || stream.eventId === answer?.etag) continue
      if (!answer) {
        endStream(stream, retryMs())
        continue
      }
      event ??= Buffer.from(documentEvent(answer.etag, answer.text()))
      stream.eventId = answer.etag
      send(stream, event)
    }
  }
  const readAndDeliver = createReader({ read, onError, watchers, deliver })
  const changes = gather(readAndDeliver, { gatherMs: settings.gatherMs, retryMs: failedReadRetryMs })
  const changeAll = () => {
    for (const trackingNumber of watchers.numbers()) changes.add(trackingNumber)
  }
  let cutOff: NodeJS.Timeout | undefined
  const freshness = setInterval(changeAll, settings.freshnessMs)
  const heartbeats = startRounds<LiveStream>(
    (stream) => {
      if (now().getTime() - stream.openedAt.getTime() >= settings.maxAgeMs) endStream(stream, retryMs())
      else if (stream.isOpen) send(stream, heartbeat)
    },
    { roundMs: settings.heartbeatMs },
  )

  return {
    join: (stream) => {
      watchers.add(stream)
      heartbeats.add(stream)
    },
    leave: (stream) => {
      watchers.remove(stream)
      heartbeats.remove(stream)
    },
    open: (stream, answer) => {
      stream.isOpen = true
      const isCurrent = stream.eventId === answer.etag
      stream.eventId = answer.etag
      send(stream, retryHint(retryMs()) + (isCurrent ? heartbeat : documentEvent(answer.etag, answer.text())))
    },
    change: (trackingNumber) => {
      if (watchers.isWatched(trackingNumber)) changes.add(trackingNumber)
    },
    changeAll,
    drain: () => {
      for (const stream of watchers.all()) endStream(stream, retryMs())
      cutOff = setTimeout(() => {
        for (const { response } of watchers.all()) response.destroy()
      }, drainMs)
    },
    stop: () => {
      clearInterval(freshness)
      clearTimeout(cutOff)
      heartbeats.stop()
      changes.stop()
    },
  }
}
