import type { ServerResponse } from 'node:http'

/**
 * One reader of one parcel: the one of `shop`, else the one that its number shows to anyone. `eventId` is what the reader has, the ETag of
 * its newest document; until `isOpen` its first answer is still being read, so it wants no other.
 */
export type LiveStream = {
  readonly response: ServerResponse
  readonly trackingNumber: string
  readonly shop: string | undefined
  readonly openedAt: Date
  eventId: string | undefined
  isOpen: boolean
}

/** A document as an event; its id is the ETag of the same answer, so that a reader can go on by polling. */
export const documentEvent = (id: string, text: string): string => `event: document\nid: ${id}\ndata: ${text}\n\n`

/** Tells a browser how long to wait before it connects again. */
export const retryHint = (ms: number): string => `retry: ${Math.round(ms)}\n\n`

/** A line that readers ignore: it shows both sides, and all proxies between, that the stream lives. */
export const heartbeat = ':\n\n'

/** Writes to a stream; one whose reader has left too much unread is cut off instead. */
export const sendTo = (
  { response }: LiveStream,
  { text, backlogMaxBytes }: { text: string | Buffer; backlogMaxBytes: number },
): void => {
  if (response.destroyed || response.writableEnded) return
  if (response.writableLength > backlogMaxBytes) response.destroy()
  else response.write(text)
}

/** Ends a stream in order; the reader connects again when the hint says. */
export const endStream = ({ response, isOpen }: LiveStream, retryMs: number): void => {
  if (isOpen && !response.destroyed && !response.writableEnded) response.end(retryHint(retryMs))
}
