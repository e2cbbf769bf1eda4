import { setMaxListeners } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { VisitPlan, VisitResult } from './visit-plan.ts'
import { createVisitTally, type VisitTally } from './visit-tally.ts'

const patienceMs = 10_000
const restAfterTroubleMs = 1_000
const asBrowser = { 'accept-encoding': 'gzip, br', 'accept-language': 'en' }
const newsLine = 'event: document'

/** What all visitors share: `over` fires when their time is. */
type Crowd = { plan: VisitPlan; tally: VisitTally; over: AbortSignal }

/** Sends a request and returns the answer when its head is there; the body is the caller's. */
const ask = (url: string, agent: Agent | false, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(url, { agent, signal, headers: asBrowser }, resolve).on('error', reject)
  })

const readAll = (response: IncomingMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    response.once('end', resolve).once('error', reject).resume()
  })

const load = async ({ tally, over }: Crowd, kind: 'page' | 'widget' | 'live', url: string, agent: Agent) => {
  const sentAt = performance.now()
  const response = await ask(url, agent, AbortSignal.any([over, AbortSignal.timeout(patienceMs)]))
  await readAll(response)
  tally.answered(kind, response.statusCode ?? 0, sentAt)
}

/** Watches a parcel for a while, on a connection of its own. The first document must come meanwhile, and the stream must not end by itself. */
const watch = async ({ tally, over }: Crowd, url: string, forMs: number): Promise<void> => {
  const sentAt = performance.now()
  const leaving = new AbortController()
  const signal = AbortSignal.any([over, leaving.signal])
  const tooLate = setTimeout(() => leaving.abort(), patienceMs)
  const response = await ask(url, false, signal).finally(() => clearTimeout(tooLate))
  response.on('error', () => undefined)
  if (response.statusCode !== 200) {
    tally.answered('live', response.statusCode ?? 0, sentAt)
    response.resume()
    return wait(forMs, undefined, { signal: over })
  }
  let documents = 0
  response.on('data', (chunk: Buffer) => {
    const found = chunk.toString('latin1').split(newsLine).length - 1
    if (documents === 0 && found > 0) tally.answered('live', 200, sentAt)
    tally.count('news', documents === 0 ? Math.max(0, found - 1) : found)
    documents += found
  })
  const ended = new Promise<boolean>((resolve) => response.once('close', () => resolve(true)))
  const isEnded = await Promise.race([ended, wait(forMs, false, { signal })])
  leaving.abort()
  if (isEnded || documents === 0) throw new Error('a live stream ended early or said nothing')
}

const visit = async (crowd: Crowd, agent: Agent, isFirst: boolean): Promise<void> => {
  const { plan, tally, over } = crowd
  const { url, from, count, liveAfterMs, widgetPath } = plan
  const [shortestMs, longestMs] = plan.stayMs
  const number = from + Math.floor(Math.random() * count)
  const stayMs = shortestMs + Math.random() * (longestMs - shortestMs)
  const isBare = widgetPath === null
  await load(crowd, 'page', isBare ? `${url}/` : `${url}/t/${number}`, agent)
  if (isFirst) await load(crowd, 'widget', `${url}${widgetPath ?? '/'}`, agent)
  await wait(liveAfterMs, undefined, { signal: over })
  if (isBare) {
    await load(crowd, 'live', `${url}/`, agent)
    await wait(stayMs - liveAfterMs, undefined, { signal: over })
  } else await watch(crowd, `${url}/v1/track/${number}/live`, stayMs - liveAfterMs)
  tally.count('visits')
}

const beThere = async (crowd: Crowd): Promise<void> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (let visits = 0; !crowd.over.aborted; visits++) {
    try {
      await visit(crowd, agent, visits === 0)
    } catch {
      if (crowd.over.aborted) break
      crowd.tally.count('failed')
      await wait(restAfterTroubleMs)
    }
  }
  agent.destroy()
}

/** Sends visitors as planned and tells how they fared; ends when their time is over, whatever is under way then. */
export const sendVisits = async (plan: VisitPlan): Promise<VisitResult> => {
  const tally = createVisitTally()
  const over = AbortSignal.timeout((plan.arriveSeconds + plan.seconds) * 1000)
  setMaxListeners(0, over)
  const arrive = async (place: number): Promise<void> => {
    await wait((place / plan.visitors) * plan.arriveSeconds * 1000)
    await beThere({ plan, tally, over })
  }
  await Promise.all(Array.from({ length: plan.visitors }, (_, place) => arrive(place)))
  return tally.result()
}
