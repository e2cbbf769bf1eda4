import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import * as contract from '@jejak/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'

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

const problemOf = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: contract.problem } },
})

const problems = {
  400: problemOf('The request cannot be read'),
  401: problemOf('No valid API key'),
  403: problemOf('The key lacks the scope, or the link does not open this parcel'),
  404: problemOf('There is no such thing, or it belongs to another shop'),
  408: problemOf('The request took too long to arrive'),
  409: problemOf('Not possible right now'),
  413: problemOf('Too large'),
  414: problemOf('A part of the address is too long'),
  415: problemOf('Another content type, or compressed'),
  417: problemOf('Something is expected that nobody promises'),
  429: problemOf('Too many; Retry-After says when to come back'),
  431: problemOf('The headers are too long'),
  500: problemOf('Something went wrong on our side'),
  503: problemOf('Not available right now; Retry-After says when to come back'),
}

/** The problems a route can answer with, as response schemas. */
export const problemResponses = <Status extends keyof typeof problems>(...statuses: Status[]) =>
  Object.fromEntries(statuses.map((status) => [status, problems[status]])) as Pick<typeof problems, Status>

/** What may come whatever a route does. */
const common = problemResponses(400, 408, 414, 417, 429, 431, 500, 503)
const ofKeys = problemResponses(401, 403)
const ofBodies = problemResponses(413, 415)

/** For routes that want a key. */
export const keySecurity = [{ apiKey: [] }]

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

const withCommonProblems = ({ schema, method }: RouteOptions): void => {
  if (!schema?.response) return
  const takesBody = method !== 'GET' && method !== 'HEAD'
  schema.response = { ...common, ...(schema.security && ofKeys), ...(takesBody && ofBodies), ...schema.response }
}

/** OpenAPI 3.1 from the routes' own schemas at /openapi.json, and a page to try them at /docs. Comes before the routes. */
export const addOpenapi = async (app: FastifyInstance, { publicUrl }: { publicUrl: string }): Promise<void> => {
  let text: Buffer | undefined
  const sendDescription = (_: FastifyRequest, reply: FastifyReply) => {
    text ??= Buffer.from(JSON.stringify(app.swagger()))
    return reply.type('application/json; charset=utf-8').send(text)
  }
  app.addHook('onRoute', (route) => {
    withCommonProblems(route)
    // The page's own copies would be written anew for each request. JSON is YAML, too.
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
        { name: 'health', description: 'For operators' },
      ],
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
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
  app.get('/openapi.json', { schema: { hide: true }, config: { limit: 'visits' } }, sendDescription)
}
