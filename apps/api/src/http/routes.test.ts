import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { accessOf, publicRoute, shopRoute, staffRoute } from './routes.ts'

const handler = () => 'here'
const anApp = () => {
  const app = Fastify()
  app.addHook('onRoute', (route) => void accessOf(route))
  return app
}

test('a route that does not say who may use it stops the start', () => {
  const app = anApp()
  expect(() => app.get('/v1/everything', handler)).toThrow('it is not known who may use it')
  expect(() => app.get('/docsend', handler)).toThrow('it is not known who may use it')
  expect(() => publicRoute(app, { at: 'GET /open', limit: 'none', schema: {}, handler })).not.toThrow()
})

test('who may use a route, what counts it and what it is said to answer follow from one word', () => {
  const app = Fastify()
  const seen: unknown[] = []
  app.addHook('onRoute', ({ config, schema }) => {
    const { security, description, response } = schema ?? {}
    seen.push({ access: config?.access, security, description, problems: Object.keys(response ?? {}) })
  })
  const route = { at: 'PATCH /thing', schema: { response: { 200: {} } }, problems: [409], handler } as const
  const said = { ...route, schema: { ...route.schema, description: 'Changes it.' } }
  shopRoute(app, { ...said, permission: 'parcels:write' })
  staffRoute(app, { ...route, at: 'PATCH /other', permission: 'shop:change' })
  publicRoute(app, { ...route, at: 'PATCH /open', limit: 'visits' })
  shopRoute(app, { ...route, at: 'POST /thing', permission: 'parcels:write' })
  const reason = 'it changes nothing.'
  shopRoute(app, { ...said, at: 'POST /look', permission: 'parcels:write', ignoresIdempotencyKey: reason })
  const ofAll = ['400', '408', '413', '414', '415', '417', '429', '431', '500', '503', '200', '409']
  expect(seen).toEqual([
    {
      access: { audience: 'shop', permission: 'parcels:write', limit: 'writes' },
      security: [{ apiKey: [] }, { session: [] }],
      description:
        'Changes it. This needs the permission `parcels:write`: a key with the scope `trackings:write` has it.',
      problems: [...ofAll, '401', '403'].sort(),
    },
    {
      access: { audience: 'staff', permission: 'shop:change', limit: 'writes' },
      security: [{ apiKey: [] }, { session: [] }],
      description: 'This needs the permission `shop:change`: a key with the scope `shop:admin` has it.',
      problems: [...ofAll, '401', '403'].sort(),
    },
    {
      access: { audience: 'public', limit: 'visits' },
      security: undefined,
      description: undefined,
      problems: ofAll.toSorted(),
    },
    {
      access: {
        ...{ audience: 'shop', permission: 'parcels:write', limit: 'writes' },
        keeping: { by: 'shop', secrets: [] },
      },
      security: [{ apiKey: [] }, { session: [] }],
      description: 'This needs the permission `parcels:write`: a key with the scope `trackings:write` has it.',
      problems: [...ofAll, '401', '403', '422'].sort(),
    },
    {
      access: { audience: 'shop', permission: 'parcels:write', limit: 'writes' },
      security: [{ apiKey: [] }, { session: [] }],
      description:
        'Changes it. Ignores `Idempotency-Key`: it changes nothing. This needs the permission `parcels:write`: a key with the scope `trackings:write` has it.',
      problems: [...ofAll, '401', '403'].sort(),
    },
  ])
})
