import type { ServerResponse } from 'node:http'
import type { ShopEvent } from '@jejak/contract'
import type { Change } from '@jejak/core/changes'

/** One follower of a shop's changes, and the place in its feed up to which it was told. */
export type Follower = { organizationId: string; response: ServerResponse; cursor: string }

type FeedDeps = {
  /** At most a page of changes after a cursor, and where reading goes on. */
  read: (follower: Follower) => Promise<{ changes: Change[]; next: string } | null>
  /** Where the feed of a shop ends now. */
  findEnd: (organizationId: string) => Promise<string>
  pageMax: number
  gatherMs: number
  /** Not every change is told at once, and one that commits late is only shown then. */
  pollMs: number
  backlogMaxBytes: number
  onError: (error: unknown) => void
}

const eventOf = ({ kind, trackingId, cursor }: Change): string => {
  const data: ShopEvent = { type: kind, id: trackingId }
  return `event: change\nid: ${cursor}\ndata: ${JSON.stringify(data)}\n\n`
}
/** The follower has missed more than is told one by one, or is new here: what it shows has to be read again. */
export const startEvent = (name: 'ready' | 'reset', cursor: string): string =>
  `event: ${name}\nid: ${cursor}\ndata: {}\n\n`

/** Tells followers what changes in their shops: those that are at the same place share one read. */
export const createFeed = ({ read, findEnd, pageMax, gatherMs, pollMs, backlogMaxBytes, onError }: FeedDeps) => {
  const followers = new Set<Follower>()
  let timer: NodeJS.Timeout | undefined
  let isReading = false

  const send = ({ response }: Follower, text: string): void => {
    if (response.destroyed || response.writableEnded) return
    if (response.writableLength > backlogMaxBytes) response.destroy()
    else response.write(text)
  }
  const tell = async (together: readonly Follower[]): Promise<void> => {
    const [first] = together
    const page = first && (await read(first))
    if (!page || page.changes.length === 0) return
    const isFlood = page.changes.length >= pageMax
    const next = isFlood ? await findEnd(first.organizationId) : page.next
    const text = isFlood ? startEvent('reset', next) : page.changes.map(eventOf).join('')
    for (const follower of together) {
      follower.cursor = next
      send(follower, text)
    }
  }
  const readAll = async (): Promise<void> => {
    const places = Map.groupBy(followers, ({ organizationId, cursor }) => `${organizationId} ${cursor}`)
    for (const together of places.values()) await tell(together).catch(onError)
  }
  const run = async (): Promise<void> => {
    timer = undefined
    isReading = true
    await readAll()
    isReading = false
    if (followers.size > 0) timer ??= setTimeout(run, pollMs)
  }
  /** Reads soon; what happens while it reads is met by the next time. */
  const wake = (): void => {
    if (followers.size === 0 || isReading) return
    clearTimeout(timer)
    timer = setTimeout(run, gatherMs)
  }
  return {
    follow: (follower: Follower): void => {
      followers.add(follower)
      if (!isReading) timer ??= setTimeout(run, gatherMs)
    },
    leave: (follower: Follower): void => {
      followers.delete(follower)
      if (followers.size > 0) return
      clearTimeout(timer)
      timer = undefined
    },
    wake,
    send,
    all: (): Follower[] => [...followers],
  }
}
