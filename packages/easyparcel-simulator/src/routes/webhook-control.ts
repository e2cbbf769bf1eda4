import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { trackingNumber, webhookOddities, webhookSubscription, webhookTopics } from '../options.ts'
import type { WebhookSender } from '../webhooks/sender.ts'

const oneWebhook = z.strictObject({
  account: z.string().min(1).default('demo'),
  awb: trackingNumber,
  topic: z.enum(webhookTopics),
  url: z.url(),
  oddities: z.array(webhookOddities.keyof()).default([]),
})

/** Stands for the Developer Hub, where a shop types in its webhook address; EasyParcel has no API for that. */
export const webhookControlRoutes = (app: FastifyInstance, sender: WebhookSender): void => {
  app.get('/_control/webhooks', () => sender.counts())
  app.post('/_control/webhooks', (request) => {
    sender.subscribe(webhookSubscription.parse(request.body))
    return { subscribed: true }
  })
  app.post('/_control/webhooks/deliver', async () => {
    await sender.deliverNews()
    return sender.counts()
  })
  app.post('/_control/webhooks/send', async (request) => ({
    acknowledged: await sender.send(oneWebhook.parse(request.body)),
  }))
  app.addHook('onClose', async () => sender.stop())
}
