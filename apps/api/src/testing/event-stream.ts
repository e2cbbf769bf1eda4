import { type ClientRequest, get, type IncomingHttpHeaders } from 'node:http'

export type SentEvent = { event: string; id: string; data: string; at: number }

/** One reader of server-sent events, and all it has got so far. */
export type EventStream = {
  status: number
  headers: IncomingHttpHeaders
  events: SentEvent[]
  comments: () => number
  retries: number[]
  /** What came instead of a stream. */
  body: () => string
  isEnded: () => boolean
  request: ClientRequest
  close: () => void
}

/** Opens a stream over a connection of its own; resolves with its headers. */
export const openEventStream = (url: string, headers: Record<string, string> = {}): Promise<EventStream> =>
  new Promise((resolve, reject) => {
    const request = get(url, { agent: false, headers }, (response) => {
      let unread = ''
      let whole = ''
      let comments = 0
      let isEnded = false
      const events: SentEvent[] = []
      const retries: number[] = []
      const take = (block: string): void => {
        const fields = block
          .split('\n')
          .map((line) => [line.split(':', 1)[0]!, line.replace(/^[^:]*:\s?/, '')] as const)
        const { event = '', id = '', data, retry } = Object.fromEntries(fields) as Record<string, string | undefined>
        if (data !== undefined) events.push({ event, id, data, at: performance.now() })
        if (retry !== undefined) retries.push(Number(retry))
        comments += fields.filter(([name]) => name === '').length
      }
      response.setEncoding('utf8').on('data', (text: string) => {
        whole += text
        const blocks = (unread + text).split('\n\n')
        unread = blocks.pop()!
        blocks.forEach(take)
      })
      response.on('end', () => {
        isEnded = true
      })
      response.on('error', () => {
        isEnded = true
      })
      resolve({
        status: response.statusCode!,
        headers: response.headers,
        events,
        comments: () => comments,
        retries,
        body: () => whole,
        isEnded: () => isEnded,
        request,
        close: () => request.destroy(),
      })
    })
    request.on('error', reject)
  })
