import { setTimeout as delay } from 'node:timers/promises'
import { requestId } from '../answers/error-shapes.ts'
import type { WebhookOddity, WebhookSubscription, WebhookTopic } from '../options.ts'
import type { Parcel } from '../parcels.ts'
import { chance } from '../random.ts'
import type { World } from '../world.ts'
import { webhookBody } from './payloads.ts'

const pollMs = 1_000

type Subscription = WebhookSubscription & { told: Map<string, number> }
type Webhook = { url: string; topic: WebhookTopic; body: string }

export type WebhookCounts = { sent: number; acknowledged: number; retried: number; failed: number }
export type WebhookSender = {
  subscribe(subscription: WebhookSubscription): void
  /** Sends everything that has happened since the last time, and waits until each is acknowledged or given up. */
  deliverNews(): Promise<void>
  /** Sends one webhook about a parcel's last event right away. */
  send(args: {
    account: string
    awb: string
    topic: WebhookTopic
    url: string
    oddities: WebhookOddity[]
  }): Promise<boolean>
  counts(): WebhookCounts
  stop(): void
}

const topicsFor = (isFirst: boolean): readonly WebhookTopic[] =>
  isFirst
    ? [
        'shipment.created',
        'shipment/create',
        'shipment.awb.update',
        'shipment.status.update',
        'shipment.tracking.update',
        'tracking/create',
      ]
    : ['shipment.status.update', 'shipment.tracking.update', 'tracking/create']

/** Tells subscribers what happens to their parcels. Nothing runs until someone subscribes. */
export const startWebhookSender = (world: World): WebhookSender => {
  const { seed, assumptions } = world.settings
  const subscriptions: Subscription[] = []
  const counts: WebhookCounts = { sent: 0, acknowledged: 0, retried: 0, failed: 0 }
  const stopped = new AbortController()
  let serial = 0
  let poll: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  const write = (
    url: string,
    topic: WebhookTopic,
    parcel: Parcel,
    upTo: number,
    oddities: ReadonlySet<WebhookOddity>,
  ): Webhook => {
    serial += 1
    const uuid = requestId(world.clock.now(), `${seed}/webhook`, serial).split('.')[1]!
    return {
      url,
      topic,
      body: webhookBody({ topic, parcel, events: world.parcels.eventsOf(parcel).slice(0, upTo), uuid, oddities }),
    }
  }

  const post = async ({ url, topic, body }: Webhook): Promise<boolean> => {
    const timeoutMs = topic.includes('/') ? 3_000 : 30_000
    for (let attempt = 0; attempt <= assumptions.webhookRetries && !stopped.signal.aborted; attempt += 1) {
      if (attempt > 0) {
        counts.retried += 1
        await delay(assumptions.webhookRetryDelayMs, undefined, { signal: stopped.signal }).catch(() => undefined)
      }
      counts.sent += 1
      const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(timeoutMs)])
      const answer = await fetch(url, {
        method: 'POST',
        body,
        signal,
        headers: { 'content-type': 'application/json' },
      }).catch(() => undefined)
      await answer?.body?.cancel()
      if (answer?.status === 200) {
        counts.acknowledged += 1
        return true
      }
    }
    counts.failed += 1
    return false
  }

  const newsFor = ({ account, url, topics, oddities, told }: Subscription): Webhook[] => {
    const inTime: Webhook[] = []
    const late: Webhook[] = []
    const rolls = (name: WebhookOddity) => chance(seed, 'webhook', serial, name) < (oddities[name] ?? 0)
    for (const parcel of world.parcels.list(account)) {
      const known = world.parcels.eventsOf(parcel).length
      for (let upTo = (told.get(parcel.awb) ?? 0) + 1; upTo <= known; upTo += 1) {
        for (const topic of topicsFor(upTo === 1).filter((one) => topics.includes(one))) {
          const odd = new Set((['arrayLog', 'missingTopic', 'malformed', 'constantUuid'] as const).filter(rolls))
          const webhook = write(url, topic, parcel, upTo, odd)
          const queue = rolls('late') ? late : inTime
          queue.push(...(rolls('duplicate') ? [webhook, webhook] : [webhook]))
        }
      }
      told.set(parcel.awb, known)
    }
    return [...inTime, ...late]
  }

  const deliverNews = () => {
    running ??= (async () => {
      for (const subscription of subscriptions) for (const webhook of newsFor(subscription)) await post(webhook)
    })().finally(() => {
      running = undefined
    })
    return running
  }

  return {
    subscribe: (subscription) => {
      subscriptions.push({ ...subscription, told: new Map() })
      poll ??= setInterval(() => void deliverNews(), pollMs).unref()
    },
    deliverNews,
    send: async ({ account, awb, topic, url, oddities }) => {
      const parcel = world.parcels.find(account, awb)
      const known = parcel ? world.parcels.eventsOf(parcel).length : 0
      return parcel && known > 0 ? post(write(url, topic, parcel, known, new Set(oddities))) : false
    },
    counts: () => ({ ...counts }),
    stop: () => {
      stopped.abort()
      clearInterval(poll)
    },
  }
}
