import { type Following, followParcel, type Parcel } from '@jejak/tracking-page/follow/follow-parcel.ts'
import type { OpenStream } from '@jejak/tracking-page/follow/live.ts'
import { parseDocument, serverNow } from './api.ts'

/** Over HTTP/1.1 each holds one of the six connections that a browser has to a host. */
const streamsMax = 4
let streams = 0

const openStream: OpenStream = (url, { onOpen, onNews, onCut }) => {
  if (streams >= streamsMax) return null
  streams += 1
  const source = new EventSource(url)
  source.addEventListener('document', ({ data }) => onNews(parseDocument(data)))
  source.addEventListener('open', onOpen)
  source.addEventListener('error', () => onCut(source.readyState === EventSource.CLOSED))
  return () => {
    streams -= 1
    source.close()
  }
}

/** Follows a parcel as this page is hidden and shown, and as its connection comes back. */
export const follow = (parcel: Parcel): Following => {
  const following = followParcel(parcel, { now: serverNow, isHidden: () => document.hidden, openStream })
  const { readNow, look, stop } = following
  document.addEventListener('visibilitychange', look)
  addEventListener('online', readNow)
  return {
    ...following,
    stop: () => {
      document.removeEventListener('visibilitychange', look)
      removeEventListener('online', readNow)
      stop()
    },
  }
}
