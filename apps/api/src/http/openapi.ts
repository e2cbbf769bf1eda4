import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import * as contract from '@jejak/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { publicRoute } from './routes.ts'

const named = {
  Problem: contract.problem,
  TrackingDocument: contract.trackingDocument,
  BuyerDocument: contract.buyerDocument,
  Shop: contract.shopView,
  Tracking: contract.trackingView,
  TrackingPage: contract.trackingPage,
  TrackingRegistration: contract.trackingRegistration,
  TrackingPatch: contract.trackingPatch,
  RegistrationOutcome: contract.registrationOutcome,
  ImportReport: contract.importReport,
  Job: contract.jobView,
  Overview: contract.overviewView,
}
for (const [id, schema] of Object.entries(named)) z.globalRegistry.add(schema, { id })

const referencesIn = (node: unknown): string[] =>
  [...JSON.stringify(node).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!)

/** Every named schema comes in two forms, as sent and as received; only the forms that some route uses are kept. */
const withUsedSchemas: SwaggerTransformObject = (document) => {
  const whole = jsonSchemaTransformObject(document) as { paths?: object; components?: { schemas?: object } }
  const schemas = new Map(Object.entries(whole.components?.schemas ?? {}))
  const used = new Set<string>()
  const visit = (node: unknown): void => {
    for (const name of referencesIn(node)) {
      if (used.has(name)) continue
      used.add(name)
      visit(schemas.get(name))
    }
  }
  visit(whole.paths ?? {})
  const kept = Object.fromEntries([...schemas].filter(([name]) => used.has(name)))
  return { ...whole, components: { ...whole.components, schemas: kept } } as ReturnType<SwaggerTransformObject>
}

/** OpenAPI 3.1 from the routes' own schemas at /openapi.json, and a page to try them at /docs. Comes before the routes. */
export const addOpenapi = async (app: FastifyInstance, { publicUrl }: { publicUrl: string }): Promise<void> => {
  let text: Buffer | undefined
  const sendDescription = (_: FastifyRequest, reply: FastifyReply) => {
    text ??= Buffer.from(JSON.stringify(app.swagger()))
    return reply.type('application/json; charset=utf-8').send(text)
  }
  app.addHook('onRoute', (route) => {
    // The page's own copies would be written again for each request. JSON is YAML, too.
    if (route.url === '/docs/json' || route.url === '/docs/yaml') route.handler = sendDescription
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Jejak',
        version: '1',
        description: 'Parcel tracking for shops that ship with EasyParcel. Every failure is problem+json (RFC 9457).',
      },
      servers: [{ url: publicUrl }],
      tags: [
        { name: 'public', description: 'For anyone' },
        { name: 'trackings', description: 'For a shop’s back end' },
        { name: 'admin', description: 'For staff' },
        { name: 'account', description: 'For people who sign in' },
        { name: 'operator', description: 'For the operator of the installation' },
        { name: 'health', description: 'For probes' },
      ],
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: '__Host-jejak' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: withUsedSchemas,
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    logLevel: 'silent',
    uiConfig: { validatorUrl: null },
    staticCSP: true,
    // Without TLS the page would otherwise look for itself at https; and it has no business with other hosts.
    transformStaticCSP: (policy) =>
      policy.replace(' upgrade-insecure-requests;', '').replace(' validator.swagger.io', ''),
  })
  publicRoute(app, {
    at: 'GET /openapi.json',
    limit: 'visits',
    schema: { hide: true },
    handler: sendDescription,
  })
}
